/**
 * The present content of the chats, as the tour looks at it. It does not depend on the bot's wording, only on signs, names,
 * codes, buttons and on which message answers which.
 */
const CODE = /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/;
const SIDES = ["telegram", "matrix"];
const other = (side) => (side === "telegram" ? "matrix" : "telegram");

export class Stand {
  #sides;
  #past;
  #clock;

  /** `sides`: by name; `past`: what `marks` gave when the tour was begun: it does not count; `clock`: the bot's. */
  constructor(sides, past, clock) {
    this.#sides = sides;
    this.#past = past;
    this.#clock = clock;
  }

  /** A day in the first city, `days` from now: `2026-02-22`. */
  day(days) {
    return this.#clock.day(days);
  }

  /** A mark behind everything that is in the groups now. */
  marks() {
    return SIDES.flatMap((side) => this.#all(side, "group").map(({ id }) => id));
  }

  // ---- groups

  /** The bot has answered, in the group of `side`, something typed like `pattern`; `reply`: which itself was an answer. */
  answered(side, pattern, { reply = false } = {}) {
    const group = this.#group(side);
    const asked = new Set(group.filter((m) => pattern.test(m.plain) && (m.reply || !reply)).map((m) => m.id));
    return group.some((m) => m.bot && asked.has(m.reply?.id));
  }

  /** The bot has said something with `sign` and `text` (or what matches that pattern) in both groups. */
  announced(sign, text = "") {
    return SIDES.every((side) => this.#group(side).some(says(sign, text)));
  }

  /** How often it was said so before the tour was begun. */
  before(sign, text) {
    return this.#all("matrix", "group").filter(says(sign, text)).length - this.#group("matrix").filter(says(sign, text)).length;
  }

  /** The chats are apart: one was taken out since the tour was begun, or was before and is still. */
  parted() {
    const now = this.#all("matrix", "group").findLast((m) => says("🔌")(m) || paired(m));
    return SIDES.some((side) => this.#group(side).some(says("🔌"))) || Boolean(now && says("🔌")(now));
  }

  /** The newest code for pairing that the bot gave in the group of `side`. */
  code(side) {
    return code(this.#group(side));
  }

  /** The newest message of `name` in the group of `side` that reached the other group since both were paired. */
  crossed(side, name) {
    const here = since(this.#group(side), paired);
    const there = since(this.#group(other(side)), paired);
    const own = here.filter((m) => m.sender === this.id(side, name) && !m.deleted);
    return own.findLast((m) => there.some((copy) => copy.bot && copy.plain.startsWith(name) && copy.plain.includes(m.plain)));
  }

  /** The newest message in the group of `side` with a button that begins with `action`. */
  asked(side, action) {
    return this.#group(side).findLast((m) => button(m, action));
  }

  /** The bot has posted a picture in both groups. */
  pictured() {
    return SIDES.every((side) => this.picture(side));
  }

  /** The newest picture that the bot has posted in the group of `side`. */
  picture(side) {
    return this.#group(side).findLast((m) => m.bot && m.files.some(({ picture }) => picture));
  }

  /** The bot has posted a file with this ending in both groups. */
  filed(ending) {
    return SIDES.every((side) => this.#group(side).some((m) => m.bot && m.files.some(({ name }) => name.endsWith(ending))));
  }

  /** The newest message of the bot in the group of `side` that begins with `sign`. */
  newest(side, sign) {
    return this.#group(side).findLast(says(sign));
  }

  /** The newest message of the bot in the group of `side` that begins with `sign` and has `key` as a reaction. */
  offered(side, sign, key) {
    return this.#group(side).findLast((m) => says(sign)(m) && placed(m, key));
  }

  /** What `pattern` matched in the last message of a person on Telegram that fits it. */
  typed(pattern) {
    return this.#group("telegram").filter((m) => !m.bot).map((m) => m.plain.match(pattern)).findLast(Boolean);
  }

  // ---- private chats

  id(side, name) {
    return this.#sides[side].id(name);
  }

  started(side, name) {
    return this.#sides[side].started(this.id(side, name));
  }

  /** The newest code that the bot gave someone alone. */
  ownCode(side, name) {
    return code(this.#all(side, this.id(side, name)));
  }

  askedAlone(side, name, action) {
    return this.#all(side, this.id(side, name)).findLast((m) => button(m, action));
  }

  /** The newest message that warns someone alone and under which the bot has placed `sign`. */
  warnedAlone(side, name, sign) {
    return this.#all(side, this.id(side, name)).findLast((m) => m.bot && m.plain.includes("⚠️") && placed(m, sign));
  }

  toldAlone(side, name, sign) {
    return this.#all(side, this.id(side, name)).some(says(sign));
  }

  #all(side, chat) {
    return this.#sides[side].messages(chat);
  }

  #group(side) {
    return this.#all(side, "group").filter(({ id }) => !this.#past.has(id));
  }
}

/** What the button of a message whose action begins with `action` carries. */
export function button(message, action) {
  return message.buttons.flat().find(({ data }) => data.startsWith(action))?.data;
}

const placed = (message, sign) => message.reactions.some(({ key }) => key === sign);
const says = (sign, text = "") => (m) => m.bot && m.plain.startsWith(sign) && m.plain.search(text) >= 0;
/** Chats were paired: what cities agree on has the same sign, and names who has agreed. */
const paired = (m) => says("🤝")(m) && !m.plain.includes("✅");
const code = (messages) => messages.filter((m) => m.bot).map((m) => m.plain.match(CODE)?.[0]).findLast(Boolean);

function since(messages, begins) {
  const begin = messages.findLastIndex(begins);
  return begin < 0 ? [] : messages.slice(begin + 1);
}
