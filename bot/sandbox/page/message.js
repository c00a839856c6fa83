/** One message on the screen. */
import { current, fill, t } from "./strings.js";
import { render } from "./text.js";

const HUES = 6;
const FLASH = 1200; // milliseconds

export class MessageView {
  #state;
  #drawn = ""; // what the text was drawn from: untouched text keeps its selection and focus

  constructor(message, state) {
    this.#state = state;
    this.root = document.querySelector("template#message").content.firstElementChild.cloneNode(true);
    this.root.dataset.id = message.id;
    this.set(message);
  }

  $(selector) {
    return this.root.querySelector(selector);
  }

  set(message) {
    this.message = message;
  }

  /** Draw it for the person `me`, behind the message `before`. */
  show(me, before, chat) {
    const { message } = this;
    const own = message.sender === me;
    this.root.classList.toggle("own", own);
    this.root.classList.toggle("bot", message.bot);
    this.root.classList.toggle("deleted", message.deleted);
    this.root.classList.toggle("joined", before?.sender === message.sender && message.at - before.at < 300000);
    this.root.dataset.hue = this.#hue();
    this.$(".avatar").textContent = initials(message.name);
    this.$(".head .name").textContent = message.name;
    this.$(".badge").hidden = !message.bot;
    this.#showText();
    this.#showReply(chat);
    this.#showFoot();
    this.#showChoices(me);
    this.#showTools(own);
    fill(this.root);
  }

  flash() {
    this.root.classList.add("flash");
    setTimeout(() => this.root.classList.remove("flash"), FLASH);
  }

  #showText() {
    const { text, deleted } = this.message;
    const drawn = JSON.stringify([text, deleted, deleted && current()]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.$(".text").replaceChildren(deleted ? t("deleted") : render(text));
  }

  #showReply(chat) {
    const { reply } = this.message;
    this.$(".quoted").hidden = !reply;
    if (!reply) return;
    const target = chat.get(reply.id)?.message;
    this.$(".quoted .name").textContent = target?.name ?? "";
    this.$(".quoted .excerpt").textContent = !target || target.deleted ? t("deleted") : target.plain;
  }

  #showFoot() {
    const at = new Date(this.message.at);
    this.$(".edited").hidden = !this.message.edited || this.message.deleted;
    this.$(".edited").textContent = t("edited");
    this.$(".foot time").dateTime = at.toISOString();
    this.$(".foot time").textContent = at.toLocaleTimeString(current(), { hour: "2-digit", minute: "2-digit" });
  }

  #showChoices(me) {
    const rows = this.message.buttons.map((row) => element("div", ...row.map(({ label, data }) => choice(label, { data }))));
    fillBox(this.$(".buttons"), rows, JSON.stringify(this.message.buttons));
    const chips = this.message.reactions.map(({ key, by }) => this.#chip(key, by, by.includes(me)));
    fillBox(this.$(".reactions"), chips, JSON.stringify([this.message.reactions, me]));
  }

  #chip(key, by, mine) {
    const chip = choice(key, { key });
    chip.append(" ", element("span", String(by.length)));
    chip.setAttribute("aria-pressed", String(mine));
    chip.title = by.map((id) => this.#name(id)).join(", ");
    return chip;
  }

  #name(id) {
    return [...this.#state.people, this.#state.bot].find((someone) => someone.id === id)?.name ?? id;
  }

  #hue() {
    const index = this.#state.people.findIndex((person) => person.id === this.message.sender);
    return index < 0 ? HUES - 1 : (index * 2 + 2) % HUES;
  }

  #showTools(own) {
    const { deleted } = this.message;
    this.$(".tools").hidden = deleted;
    for (const what of ["edit", "delete"]) this.$(`.tools [data-do=${what}]`).hidden = !own;
  }
}

function choice(label, data) {
  const button = element("button", label);
  button.type = "button";
  Object.assign(button.dataset, data);
  return button;
}

function element(tag, ...content) {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}

/** Replace the content of a box, but only when it changed: the focus stays where it is. */
function fillBox(box, content, drawn) {
  box.hidden = content.length === 0;
  if (box.drawn === drawn) return;
  box.drawn = drawn;
  box.replaceChildren(...content);
}

function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}
