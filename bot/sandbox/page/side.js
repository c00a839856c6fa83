/** One messenger as one of its people sees it: who writes, which chat, its messages, the composer. */
import { Composer } from "./composer.js";
import { askToEncrypt, drawLock } from "./dialogs.js";
import { examples } from "./examples.js";
import { MessageView } from "./message.js";
import { drawPeople } from "./people.js";
import { drawPins } from "./pins.js";
import { Scroll } from "./scroll.js";
import { fill, t } from "./strings.js";
import { Tools } from "./tools.js";
import { mark, Unread } from "./unread.js";
import { upload } from "./uploads.js";

const NAMES = { telegram: "Telegram", matrix: "Matrix" };
const TAGS = { telegram: "emulated", matrix: "real" };

export class Side {
  #send;
  #tell;
  #state = null;
  #person = "";
  #private = false;
  #views = new Map(); // chat → message id → MessageView
  #unread = new Unread();
  #composer;
  #tools;
  #scroll;

  /** `send(wish)` asks the demo for something, `tell(text)` says what went wrong. */
  constructor(name, send, tell) {
    this.name = name;
    this.#send = send;
    this.#tell = tell;
    this.root = document.querySelector("template#side").content.firstElementChild.cloneNode(true);
    this.root.classList.add(name);
    this.root.setAttribute("aria-label", NAMES[name]);
    this.$(".messenger").textContent = NAMES[name];
    this.#scroll = new Scroll(this.root);
    const acts = { ask: (what, details) => this.ask(what, details), upload: (file, details) => this.#upload(file, details) };
    this.#composer = new Composer(this.$("form"), name, acts);
    this.#tools = new Tools(this, this.#composer, (id) => this.#jump(id));
    this.#listen();
  }

  $(selector) {
    return this.root.querySelector(selector);
  }

  // ---- what the server says

  load(state) {
    this.#state = state;
    if (!state.people.some((person) => person.id === this.#person)) this.#person = state.people[0].id;
    this.#views.clear();
    for (const [chat, messages] of Object.entries(state.messages)) for (const message of messages) this.#keep(chat, message);
    this.$(".title").textContent = state.group;
    drawLock(this.$(".lock"), state.encrypted);
    this.#setPeople();
    this.#showChat();
  }

  put(chat, message) {
    const known = this.#chat(chat).has(message.id);
    const view = this.#keep(chat, message);
    if (chat !== this.#here()) return known || this.#count(chat);
    if (!known) this.$(".messages").append(view.root);
    this.#refresh();
    if (known) return;
    this.#scroll.more(message.sender === this.#person);
    if (!this.#visible()) this.#count(chat);
  }

  drop(chat, id) {
    this.#chat(chat).get(id)?.root.remove();
    this.#chat(chat).delete(id);
    this.#composer.cancel(id);
    this.#refresh();
  }

  /** A person has a private chat with the bot from now on. */
  begin(person) {
    if (this.#state.started.includes(person)) return;
    this.#state.started.push(person);
    if (this.#here() === person) this.#composer.begin(() => this.#setComposer());
  }

  /** The group is encrypted from now on. */
  encrypt() {
    this.#state.encrypted = true;
    drawLock(this.$(".lock"), true);
  }

  /** The commands that the bot offers someone in a chat. */
  offer({ chat, person, commands }) {
    if (chat === this.#here() && person === this.#person) this.#composer.offer(commands);
  }

  // ---- what the page asks

  /** New messages that nobody has had on the screen. */
  unread() {
    return this.#unread.all;
  }

  shown() {
    this.#unread.clear(this.#here());
    this.#markAll();
    this.#scroll.toEnd();
  }

  /** The messages of the chat "group", or in the private chat of a person. */
  messages(chat) {
    return [...this.#chat(chat).values()].map((view) => view.message);
  }

  /** The id of someone here, by name. */
  id(name) {
    return this.#state?.people.find((person) => person.name === name)?.id;
  }

  started(person) {
    return Boolean(this.#state?.started.includes(person));
  }

  /** Write as `person` in the group, or alone with the bot. */
  go(person, alone) {
    if (person === this.#person && alone === this.#private) return;
    this.#person = person;
    this.#setPeople();
    this.#setPrivate(alone);
  }

  /** An address of the bot itself opens the private chat of the person who follows it, and presses Start there. */
  visit(url, person) {
    if (url.split("?")[0] !== this.#state.bot.address) return false;
    this.go(person, true);
    const payload = new URL(url).searchParams.get("start") ?? "";
    if (payload || !this.started(person)) this.ask("start", { payload });
    return true;
  }

  /** Where somebody writes now, and who. */
  place() {
    return { chat: this.#here(), person: this.#person };
  }

  /** Let the person who writes do something in the chat that is shown; false: nobody heard it. */
  ask(what, details = {}) {
    return this.#send({ do: what, side: this.name, ...this.place(), ...details });
  }

  /** Send a file that was picked. */
  async #upload(file, details) {
    const problem = await upload(this.name, file, { ...this.place(), ...details });
    if (problem) this.#tell(problem);
    else this.#composer.sent();
  }

  translate() {
    fill(this.root);
    this.$(".tag").textContent = t(TAGS[this.name]);
    if (!this.#state) return;
    this.#setPeople();
    this.#refresh();
    this.#setComposer();
  }

  // ---- chats and people

  #here() {
    return this.#private ? this.#person : "group";
  }

  #chat(chat) {
    if (!this.#views.has(chat)) this.#views.set(chat, new Map());
    return this.#views.get(chat);
  }

  #keep(chat, message) {
    const chatViews = this.#chat(chat);
    const known = chatViews.get(message.id);
    if (known) known.set(message);
    else chatViews.set(message.id, new MessageView(message, this.#state, this.name));
    return chatViews.get(message.id);
  }

  #me() {
    return this.#state.people.find((person) => person.id === this.#person);
  }

  #setPeople() {
    drawPeople(this.$(".people"), `${this.name}-person`, this.#state.people, this.#person);
  }

  #setPerson(id) {
    this.#person = id;
    this.#composer.cancel();
    this.#showChat();
  }

  #setPrivate(value) {
    this.#private = value;
    this.#composer.cancel();
    this.#showChat();
  }

  #showChat() {
    for (const button of this.root.querySelectorAll(".chats [data-chat]")) {
      button.setAttribute("aria-pressed", String((button.dataset.chat === "private") === this.#private));
    }
    if (this.#visible()) this.#unread.clear(this.#here());
    this.$(".messages").setAttribute("aria-live", "off");
    this.$(".messages").replaceChildren(...[...this.#chat(this.#here()).values()].map((view) => view.root));
    this.$(".messages").setAttribute("aria-live", "polite");
    this.#refresh();
    this.#setComposer();
    this.#scroll.toEnd();
  }

  /** Show what depends on who looks and on other messages. */
  #refresh() {
    const chat = this.#chat(this.#here());
    let before = null;
    for (const view of chat.values()) {
      view.show(this.#person, before, chat);
      before = view.message;
    }
    drawPins(this.$(".pinned"), this.messages(this.#here()));
    this.$(".empty").hidden = chat.size > 0;
    this.$(".empty").textContent = t(this.#private ? "emptyPrivate" : "empty");
    this.#markAll();
  }

  #count(chat) {
    this.#unread.more(chat);
    this.#markAll();
  }

  #markAll() {
    const [group, own] = this.root.querySelectorAll(".chats .unread");
    mark(group, this.#private ? this.#unread.of("group") : 0);
    mark(own, this.#private ? 0 : this.#unread.of(this.#person));
  }

  #visible() {
    return this.root.offsetParent !== null;
  }

  // ---- the composer

  #setComposer() {
    const waiting = this.#private && !this.#state.started.includes(this.#person);
    const start = waiting ? t(this.name === "telegram" ? "startTelegram" : "startMatrix") : "";
    const { prefix } = this.#state;
    this.#composer.set({ start, examples: examples(this.#me(), this.#private, prefix), prefix });
  }

  // ---- what people do

  #listen() {
    this.$(".people").addEventListener("change", (event) => this.#setPerson(event.target.value));
    this.$(".lock").addEventListener("click", () => this.#state.encrypted || askToEncrypt(() => this.ask("encrypt")));
    this.$(".pinned").addEventListener("click", () => this.#jump(this.$(".pinned").dataset.id));
    this.$(".chats").addEventListener("click", (event) => {
      const chat = event.target.closest("button")?.dataset.chat;
      if (chat) this.#setPrivate(chat === "private");
    });
    this.$(".messages").addEventListener("click", (event) => this.#follow(event) || this.#click(event.target));
  }

  #follow(event) {
    const link = event.target.closest("a");
    if (!link || !this.visit(link.href, this.#person)) return false;
    event.preventDefault();
    return true;
  }

  #click(target) {
    const id = target.closest(".message")?.dataset.id;
    this.#tools.use(target, this.#chat(this.#here()).get(id)?.message, this.#state.silent);
  }

  #jump(id) {
    const view = this.#chat(this.#here()).get(id);
    view?.root.scrollIntoView({ block: "center" });
    view?.flash();
  }
}
