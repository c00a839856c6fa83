/** The first tour: one step after the other, ticked off when its outcome is in the chats, whoever typed it. */
import { Stand } from "./stand.js";
import { STEPS } from "./steps.js";
import { t } from "./strings.js";

const NAMES = { telegram: "Telegram", matrix: "Matrix" };
const FRESH = { open: false, folded: false, past: [], skipped: [] };

export class Tour {
  #sides;
  #show;
  #clock;
  #key = ""; // of what is kept until the tab is closed
  #kept = FRESH;
  #stand;
  #step = STEPS[0]; // the first that is not done, undefined: none is left
  #helped = -1; // the last act of it that was done for the viewer
  #waiting = false; // it was asked for, and nothing has come of it yet
  #drawn = "";

  /** `show(name)` brings a side onto the screen; `clock` is the bot's. */
  constructor(sides, show, clock) {
    this.#sides = sides;
    this.#show = show;
    this.#clock = clock;
    this.root = document.querySelector("#tour");
    this.#listen();
    this.#take(FRESH);
  }

  $(selector) {
    return this.root.querySelector(selector);
  }

  /** Resume the tour where it was in this run of the demo. */
  load(run) {
    this.#key = `intercity-tour-${run}`;
    this.#take({ ...FRESH, ...JSON.parse(sessionStorage.getItem(this.#key)) });
  }

  /** Look at the chats again; `answered`: the demo or the bot has reacted to something. */
  look({ answered = false } = {}) {
    if (answered) this.#waiting = false;
    const step = STEPS.find(({ key, done }) => !this.#kept.skipped.includes(key) && !done(this.#stand));
    if (step !== this.#step) this.#begin(step);
    else if (this.#helped >= 0 && this.#goesOn()) this.#help();
    this.draw();
  }

  draw() {
    const { open, folded } = this.#kept;
    this.root.hidden = !open;
    document.querySelector("#tour-open").setAttribute("aria-expanded", String(open));
    this.root.classList.toggle("folded", folded);
    this.$("[data-do=fold]").setAttribute("aria-expanded", String(!folded));
    this.#drawMarks();
    this.#drawStep();
    const act = this.#step?.acts[Math.max(this.#possible(), 0)];
    this.$(".who").textContent = act ? place(act) : "";
    this.$("[data-do=help]").setAttribute("aria-disabled", String(this.#waiting || this.#possible() < 0));
  }

  // ---- steps

  #take(kept) {
    this.#kept = kept;
    this.#stand = new Stand(this.#sides, new Set(kept.past), this.#clock);
  }

  #begin(step) {
    this.#step = step;
    this.#helped = -1;
    this.#waiting = false;
  }

  /** The number of the act that is to be done now, -1: none can be. */
  #possible() {
    return this.#step?.acts.findLastIndex((act) => act.wish(this.#stand)) ?? -1;
  }

  /** Whether something of the step follows what was done for the viewer. */
  #goesOn() {
    const number = this.#possible();
    return number > this.#helped || (number >= 0 && Boolean(this.#step.acts[number].once));
  }

  /** Do for the viewer what is to be done now; what follows in the same step is done when it can be. */
  #help() {
    const number = this.#possible();
    if (this.#waiting || number < 0) return;
    const act = this.#step.acts[number];
    const { do: what, ...details } = act.wish(this.#stand);
    act.did?.(this.#stand);
    const side = this.#sides[act.side];
    this.#show(act.side);
    side.go(side.id(act.name), act.alone);
    this.#helped = number;
    this.#waiting = side.ask(what, details);
  }

  // ---- on the screen

  /** Only when something is other than it was: else it would be read out again. */
  #drawStep() {
    const key = this.#step?.key ?? "end";
    const number = STEPS.indexOf(this.#step) + 1;
    const texts = [number ? t("tourNumber", { n: number, of: STEPS.length }) : "✓", t(`tour_${key}`), t(`tour_${key}_text`)];
    if (this.#drawn === String(texts)) return;
    this.#drawn = String(texts);
    const parts = [".number", ".name", ".text"].map((part) => this.$(part));
    parts.forEach((part, index) => (part.textContent = texts[index]));
    this.#moveFocus();
    for (const what of ["help", "skip"]) this.$(`[data-do=${what}]`).hidden = !number;
  }

  /** Behind the last step the buttons go away: the focus must not be lost with them. */
  #moveFocus() {
    if (!this.#step && this.root.contains(document.activeElement)) this.$(".title").focus();
  }

  #drawMarks() {
    const marks = STEPS.map((step) => this.#mark(step));
    if (this.$(".marks").childElementCount !== marks.length) {
      this.$(".marks").replaceChildren(...marks.map(() => document.createElement("li")));
    }
    [...this.$(".marks").children].forEach((item, index) => (item.dataset.state = marks[index]));
    const done = marks.filter((state) => state === "done").length;
    this.$(".count").textContent = t("tourCount", { n: done, of: STEPS.length });
  }

  #mark(step) {
    if (step.done(this.#stand)) return "done";
    return step === this.#step ? "now" : "open";
  }

  // ---- what people do

  #listen() {
    document.querySelector("#tour-open").addEventListener("click", () => this.#keep({ open: !this.#kept.open, folded: false }, ".title"));
    const acts = {
      help: () => this.#help(),
      skip: () => this.#keep({ skipped: [...this.#kept.skipped, this.#step.key] }),
      again: () => this.#keep({ past: this.#stand.marks(), skipped: [] }, ".title"),
      fold: () => this.#keep({ folded: !this.#kept.folded }),
      close: () => this.#keep({ open: false }),
    };
    this.root.addEventListener("click", (event) => {
      acts[event.target.closest("button")?.dataset.do]?.();
      this.draw();
    });
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this.#keep({ open: false }));
  }

  /** Change the state of the tour, until the tab is closed; the focus goes to `focus`, or back to where it was opened. */
  #keep(changes, focus = "") {
    this.#take({ ...this.#kept, ...changes });
    sessionStorage.setItem(this.#key, JSON.stringify(this.#kept));
    if (!this.#kept.open) this.#helped = -1;
    this.look();
    if (!this.#kept.open) document.querySelector("#tour-open").focus();
    else if (focus) this.$(focus).focus();
  }
}

const place = ({ side, name, alone, clock }) => clock ? t("clock") : `${name} · ${NAMES[side]} · ${t(alone ? "tourAlone" : "tourGroup")}`;
