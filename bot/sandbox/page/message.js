/** One message on the screen. */
import { drawCard } from "./cards.js";
import { choice, element, fillBox } from "./elements.js";
import { drawFile } from "./media.js";
import { excerpt } from "./pins.js";
import { drawPoll } from "./poll.js";
import { current, fill, t } from "./strings.js";
import { render } from "./text.js";

const HUES = 6;
const FLASH = 1200; // milliseconds
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY = { day: "numeric", month: "short" };

export class MessageView {
  #state;
  #side;
  #drawn = ""; // what the text was drawn from: untouched text keeps its selection and focus

  constructor(message, state, side) {
    this.#state = state;
    this.#side = side;
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
    this.root.classList.toggle("part", Boolean(message.album));
    this.root.classList.toggle("bare", message.files.some(({ kind }) => kind === "sticker") && !message.text.length);
    this.root.classList.toggle("joined", before?.sender === message.sender && message.at - before.at < 300000);
    this.root.dataset.hue = this.#hue();
    this.$(".avatar").textContent = initials(message.name);
    this.$(".head .name").textContent = message.name;
    this.$(".badge").hidden = !message.bot;
    this.#showText();
    this.#showFiles();
    this.#showCard();
    this.#showPoll(me);
    this.#showReply(chat);
    this.#showThread(chat);
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

  #showFiles() {
    const { files, plain } = this.message;
    fillBox(this.$(".files"), files.map((file) => drawFile(file, this.#side, plain)), JSON.stringify([files, plain, current()]));
  }

  #showCard() {
    const { card, deleted } = this.message;
    fillBox(this.$(".card"), card && !deleted ? drawCard(card) : [], JSON.stringify([card, deleted, current()]));
  }

  #showPoll(me) {
    const { poll, deleted } = this.message;
    this.root.classList.toggle("asks", Boolean(poll));
    fillBox(this.$(".poll"), poll && !deleted ? drawPoll(poll, me) : [], JSON.stringify([poll, deleted, me, current()]));
  }

  #showReply(chat) {
    const { reply } = this.message;
    this.$(".quoted").hidden = !reply;
    if (!reply) return;
    const target = chat.get(reply.id)?.message;
    this.$(".quoted .name").textContent = target?.name ?? "";
    this.$(".quoted .excerpt").textContent = !target || target.deleted ? t("deleted") : reply.quote || excerpt(target);
    this.$(".quoted").classList.toggle("part-of", Boolean(reply.quote));
  }

  /** In a thread: its root. */
  #showThread(chat) {
    const { thread, deleted } = this.message;
    const root = chat.get(thread)?.message;
    this.$(".thread").hidden = !thread || deleted;
    this.$(".thread .excerpt").textContent = root ? excerpt(root) : "";
  }

  #showFoot() {
    const at = new Date(this.message.at);
    this.$(".forwarded").hidden = !this.message.forwarded;
    this.$(".forwarded").textContent = t("forwarded", { name: this.message.forwarded });
    this.$(".edited").hidden = !this.message.edited || this.message.deleted;
    this.$(".edited").textContent = t("edited");
    this.$(".foot time").dateTime = at.toISOString();
    this.$(".foot time").textContent = at.toLocaleString(current(), isToday(at) ? CLOCK : { ...DAY, ...CLOCK });
  }

  #showChoices(me) {
    const rows = this.message.buttons.map((row) => element("div", ...row.map(({ label, data }) => choice(label, { data }))));
    fillBox(this.$(".buttons"), rows, JSON.stringify(this.message.buttons));
    const chips = this.message.reactions.map(({ key, by }) => this.#chip(key, by, by.includes(me)));
    fillBox(this.$(".reactions"), chips, JSON.stringify([this.message.reactions, me, current()]));
    const names = this.message.reactions.map(({ key, by }) => element("span", `${key} ${this.#names(by)}`));
    fillBox(this.$(".reacted"), names, JSON.stringify(this.message.reactions));
  }

  #chip(key, by, mine) {
    const chip = choice(key, { key });
    chip.append(" ", element("span", String(by.length)));
    chip.setAttribute("aria-pressed", String(mine));
    chip.title = this.#names(by);
    chip.setAttribute("aria-label", `${key} ${chip.title}`);
    return chip;
  }

  #names(ids) {
    return ids.map((id) => this.#name(id)).join(", ");
  }

  #name(id) {
    return [...this.#state.people, this.#state.bot].find((someone) => someone.id === id)?.name ?? id;
  }

  #hue() {
    const index = this.#state.people.findIndex((person) => person.id === this.message.sender);
    return index < 0 ? HUES - 1 : (index * 2 + 2) % HUES;
  }

  #showTools(own) {
    const { deleted, pinned } = this.message;
    this.$(".tools").hidden = deleted;
    const pin = this.$(".tools [data-do=pin]");
    pin.dataset.tLabel = pinned ? "unpin" : "pin";
    pin.setAttribute("aria-pressed", String(pinned));
    this.$(".tools [data-do=thread]").hidden = this.#side !== "matrix";
    for (const what of ["edit", "delete"]) this.$(`.tools [data-do=${what}]`).hidden = !own;
  }
}

/** The part of a message that is selected on the screen. */
export function selected({ plain }) {
  const part = document.getSelection().toString().trim();
  return part && part !== plain && plain.includes(part) ? part : "";
}

/** By the real clock: what came after a step of the bot's clock shows its day. */
function isToday(at) {
  return at.toDateString() === new Date().toDateString();
}

function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}
