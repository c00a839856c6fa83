/** A picture as large as the screen, with what it shows in words. */
const dialog = document.querySelector("dialog#picture");

export function enlarge({ src, alt }) {
  Object.assign(dialog.querySelector("img"), { src, alt });
  dialog.querySelector("figcaption").textContent = alt;
  dialog.showModal();
}

dialog.addEventListener("click", () => dialog.close());
