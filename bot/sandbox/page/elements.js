/** Small pieces of the page. */

export function element(tag, ...content) {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}

/** A button whose `data` tells what it does. */
export function choice(label, data) {
  const button = element("button", label);
  button.type = "button";
  Object.assign(button.dataset, data);
  return button;
}

/** Replace the content of a box, but only when it changed; the focus stays at its place in the order. */
export function fillBox(box, content, drawn) {
  box.hidden = content.length === 0;
  if (box.drawn === drawn) return;
  box.drawn = drawn;
  const focused = [...box.querySelectorAll("button, a")].indexOf(document.activeElement);
  box.replaceChildren(...content);
  box.querySelectorAll("button, a")[focused]?.focus();
}
