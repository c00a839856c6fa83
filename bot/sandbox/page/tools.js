/** What people do with a message: press its buttons, vote, react, answer, pin, edit, delete. */
import { askHowToDelete } from "./dialogs.js";
import { selected } from "./message.js";
import { pickReaction } from "./picker.js";
import { enlarge } from "./picture.js";

export class Tools {
  #side;
  #composer;
  #jump;

  /** On `side`; `jump(id)` shows another message. */
  constructor(side, composer, jump) {
    this.#side = side;
    this.#composer = composer;
    this.#jump = jump;
  }

  /** Somebody has clicked on `target` in a message; `silent`: bots do not hear of deletions. */
  use(target, message, silent) {
    const button = target.closest("button");
    if (!button && !target.closest("a")) this.#open(target.closest(".message"));
    if (!message || !button) return;
    const { id } = message;
    if (button.dataset.data) this.#side.ask("press", { id, data: button.dataset.data });
    if (button.dataset.options) this.#side.ask("vote", { id, options: JSON.parse(button.dataset.options) });
    if (button.dataset.key) this.#side.ask("react", { id, key: button.dataset.key });
    if (button.classList.contains("quoted")) this.#jump(message.reply.id);
    if (button.classList.contains("thread")) this.#jump(message.thread);
    this.#do(button, message, silent);
  }

  #do(button, message, silent) {
    const { id } = message;
    const what = button.dataset.do;
    if (what) this.#close(button);
    if (what === "enlarge") enlarge(button.querySelector("img"));
    if (what === "react") pickReaction((key) => this.#side.ask("react", { id, key }));
    if (what === "pin") this.#side.ask("pin", { id });
    if (what === "thread") this.#composer.follow(message);
    if (what === "delete") this.#delete(id, silent);
    if (what === "reply") this.#composer.answer(message, this.#side.name === "telegram" ? selected(message) : "");
    if (what === "edit") this.#composer.change(message);
  }

  #delete(id, silent) {
    if (!silent) return this.#side.ask("delete", { id });
    const place = this.#side.place();
    const here = () => this.#side.ask("delete", { id, ...place });
    askHowToDelete(here, () => this.#side.ask("say", { text: "/delete", reply_to: id, ...place }));
  }

  /** Show the tools of one message where there is no pointer to hover with. */
  #open(message) {
    const others = this.#side.root.querySelectorAll(".message.open");
    for (const other of others) if (other !== message) other.classList.remove("open");
    message?.classList.toggle("open");
  }

  /** After a tap the focus must not keep the tools open. */
  #close(button) {
    this.#open(null);
    if (matchMedia("(hover: none)").matches) button.blur();
  }
}
