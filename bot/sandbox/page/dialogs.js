/** What is asked before something is done that cannot be undone. */
import { fill } from "./strings.js";

/** On Telegram a deletion stays there; a command takes the copies as well. */
export function askHowToDelete(here, everywhere) {
  ask("delete", { here, everywhere });
}

export function askToEncrypt(yes) {
  ask("encrypt", { yes });
}

/** Closed, if the group is encrypted; open, if it can be; none where it cannot (null). */
export function drawLock(lock, encrypted) {
  lock.hidden = encrypted === null;
  lock.dataset.tLabel = encrypted ? "encrypted" : "unencrypted";
  lock.setAttribute("aria-pressed", String(Boolean(encrypted)));
  fill(lock.parentElement);
}

/** Show the dialog `id`; what its button stands for is done. */
function ask(id, acts) {
  const dialog = document.querySelector(`dialog#${id}`);
  dialog.returnValue = "";
  dialog.onclose = () => acts[dialog.returnValue]?.();
  dialog.showModal();
}
