/** What people write with: the line, the bar that says what is answered or changed, examples, the menu of commands. */
import { Attach } from "./attach.js";
import { excerpt } from "./pins.js";
import { t } from "./strings.js";

export class Composer {
  #ask;
  #prefix = "/";
  #context = null; // {mode: "reply" | "thread" | "edit", message, quote}
  #attach;
  #commands = null; // those of the menu, null: no command is being typed

  /** Live in the form `root` of `side`; `ask(what, details)` says false when nobody heard it, `upload` sends a file. */
  constructor(root, side, { ask, upload }) {
    this.root = root;
    this.#ask = ask;
    const share = (what) => this.#send("share", { what });
    this.#attach = new Attach(root, side, { share, upload: (file) => upload(file, this.#aimed()) });
    this.#listen();
  }

  $(selector) {
    return this.root.querySelector(selector);
  }

  /** Show the line with its examples, or first the button `start` that begins a private chat. */
  set({ start, examples, prefix }) {
    this.#prefix = prefix;
    this.$(".start").hidden = !start;
    this.$(".start").textContent = start;
    for (const part of [".line", ".hint", ".examples"]) this.$(part).hidden = Boolean(start);
    this.$(".examples").replaceChildren(...examples.map((text) => button(() => this.#write(text), text)));
    this.#attach.draw();
    this.setContext(this.#context);
    this.#suggest();
  }

  /** The private chat has begun: go on writing, if it was begun from here. */
  begin(draw) {
    const here = document.activeElement === this.$(".start");
    draw();
    if (here) this.$("textarea").focus();
  }

  /** Answer a message, or the part `quote` of it. */
  answer(message, quote = "") {
    this.setContext({ mode: "reply", message, quote });
    this.$("textarea").focus();
  }

  /** Write in the thread of a message. */
  follow(message) {
    this.setContext({ mode: "thread", message });
    this.$("textarea").focus();
  }

  change(message) {
    this.setContext({ mode: "edit", message });
    this.#write(message.source);
  }

  /** Answer and change nothing; `id`: only if it is that message. */
  cancel(id = this.#context?.message.id) {
    if (this.#context?.message.id === id) this.setContext(null);
  }

  setContext(context) {
    if (this.#context?.mode === "edit" && context?.mode !== "edit") this.#write("");
    this.#context = context;
    const bar = this.$(".context");
    bar.hidden = !context;
    if (!context) return;
    const { mode, message, quote } = context;
    const titles = { edit: "editing", thread: "inThread", reply: "replyTo" };
    bar.querySelector("strong").textContent = t(titles[mode], { name: message.name });
    bar.querySelector("span").textContent = quote || excerpt(message);
  }

  /** Offer these commands, [word, description] each, to who is typing one. */
  offer(commands) {
    if (this.#commands === null) return;
    this.#commands = commands;
    this.#suggest();
  }

  // ---- the line

  #write(text) {
    const field = this.$("textarea");
    field.value = text;
    this.#grow();
    this.#typed();
    field.focus();
  }

  #grow() {
    const field = this.$("textarea");
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
  }

  #submit() {
    const text = this.$("textarea").value;
    if (!text.trim()) return;
    const { mode, message } = this.#context ?? {};
    if (mode !== "edit") this.#send("say");
    else if (this.#ask("edit", { id: message.id, text })) this.sent();
  }

  /** Send what stands in the line, as a text or as the caption of something else. */
  #send(what, details = {}) {
    if (this.#ask(what, { ...details, ...this.#aimed() })) this.sent();
  }

  /** What is written, and what it answers. */
  #aimed() {
    const { mode, message, quote } = this.#context ?? {};
    const aim = mode === "thread" ? { thread: message.thread || message.id } : { reply_to: message?.id ?? null, quote, thread: message?.thread };
    return { text: this.$("textarea").value, ...aim };
  }

  /** It was sent: begin anew. */
  sent() {
    this.setContext(null);
    this.#write("");
  }

  // ---- the menu

  /** Ask for the menu when someone begins a command, as they may have got another role since. */
  #typed() {
    const { value } = this.$("textarea");
    const command = value.startsWith(this.#prefix) && !/\s/.test(value);
    if (command && this.#commands === null) {
      this.#commands = [];
      this.#ask("menu");
    }
    if (!command) this.#commands = null;
    this.#suggest();
  }

  #suggest() {
    const typed = this.$("textarea").value.slice(this.#prefix.length).toLowerCase();
    const fitting = (this.#commands ?? []).filter(([word]) => word.startsWith(typed) && word !== typed);
    this.$(".menu").hidden = fitting.length === 0;
    this.$(".menu").replaceChildren(...fitting.map((command) => this.#suggestion(...command)));
  }

  #suggestion(word, description) {
    const command = document.createElement("strong");
    command.textContent = this.#prefix + word;
    return button(() => this.#write(`${this.#prefix}${word} `), command, " ", description);
  }

  // ---- what people do

  #listen() {
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.$("textarea").addEventListener("input", () => {
      this.#grow();
      this.#typed();
    });
    this.root.addEventListener("keydown", (event) => this.#key(event));
    this.$(".start").addEventListener("click", () => this.#ask("start"));
    this.$("[data-do=cancel]").addEventListener("click", () => this.setContext(null));
  }

  #key(event) {
    if (event.key === "Escape") this.#escape();
    if (event.target !== this.$("textarea") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  /** Close the menu first, then the bar. */
  #escape() {
    if (this.#attach.close()) return this.$(".attach").focus();
    if (this.$(".menu").hidden) return this.setContext(null);
    this.#commands = [];
    this.#suggest();
    this.$("textarea").focus();
  }
}

function button(act, ...content) {
  const made = document.createElement("button");
  made.type = "button";
  made.append(...content);
  made.addEventListener("click", act);
  return made;
}
