/** What people share besides texts: samples of everything, and files of their own. */
import { choice } from "./elements.js";
import { t } from "./strings.js";

const BOTH = ["photo", "album", "hidden", "video", "animation", "voice", "audio", "sticker", "document", "place", "poll", "formatted"];
const OFFERED = { telegram: [...BOTH, "moving", "note", "live", "contact", "dice"], matrix: BOTH };

export class Attach {
  #side;
  #share;
  #upload;
  #button;
  #box;

  /** In the form `root`; `share(what)` sends a sample, `upload(file)` a file. */
  constructor(root, side, { share, upload }) {
    this.#side = side;
    this.#share = share;
    this.#upload = upload;
    this.#button = root.querySelector(".attach");
    this.#box = root.querySelector(".samples");
    this.#listen(root.querySelector("input[type=file]"));
  }

  draw() {
    const own = choice(t("share_own"), { share: "own" });
    this.#box.replaceChildren(...OFFERED[this.#side].map((what) => choice(t(`share_${what}`), { share: what })), own);
  }

  /** Close what is offered; whether it was open. */
  close() {
    const open = !this.#box.hidden;
    this.#set(false);
    return open;
  }

  #set(open) {
    this.#box.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
  }

  #listen(picker) {
    this.#button.addEventListener("click", () => {
      this.#set(this.#box.hidden);
      if (!this.#box.hidden) this.#box.querySelector("button").focus();
    });
    this.#box.addEventListener("click", (event) => {
      const what = event.target.closest("button")?.dataset.share;
      if (!what) return;
      this.#set(false);
      this.#button.focus();
      if (what === "own") picker.click();
      else this.#share(what);
    });
    picker.addEventListener("change", () => {
      for (const file of picker.files) this.#upload(file);
      picker.value = "";
    });
  }
}
