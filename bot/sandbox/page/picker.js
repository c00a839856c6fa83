/** The reactions that the page offers. */
import { choice } from "./elements.js";

const OFFERED = ["👍", "❤️", "🎉", "👏", "🔥", "😁", "🤔", "👀", "🙏", "💯", "👎", "😢"];
const dialog = document.querySelector("dialog#picker");

/** Let somebody choose a reaction; `chosen` gets it. */
export function pickReaction(chosen) {
  dialog.querySelector(".choices").replaceChildren(...OFFERED.map((key) => choice(key, { key })));
  dialog.onclick = ({ target }) => {
    const key = target.closest("button")?.dataset.key;
    if (key) chosen(key);
    if (key || target === dialog) dialog.close();
  };
  dialog.showModal();
}
