/** The clock of the bot and of the emulated Telegram: its time in every city, and steps forward. */
import { current, t } from "./strings.js";

const TICK = 1000; // milliseconds, as all
const MINUTE = 60000;
const DAY = 24 * 60 * MINUTE;
const PARTS = { weekday: { weekday: "short" }, date: { day: "numeric", month: "short" }, time: { hour: "2-digit", minute: "2-digit" } };

export class Clock {
  #send;
  #zones = {}; // by city
  #ahead = 0; // milliseconds from the browser's clock to the bot's

  constructor(send) {
    this.#send = send;
    this.root = document.querySelector("#clock");
    this.dialog = document.querySelector("#clock-to");
    this.#listen();
    setInterval(() => this.draw(), TICK);
  }

  load({ now, zones }) {
    this.#zones = zones;
    this.set(now);
  }

  /** `now`: the bot's time in milliseconds. */
  set(now) {
    this.#ahead = now - Date.now();
    this.draw();
  }

  /** A day in the first city, `days` from now: `2026-02-22`. */
  day(days) {
    return this.#local(Object.values(this.#zones)[0], days * DAY).slice(0, 10);
  }

  draw() {
    const times = Object.entries(this.#zones).map(([city, zone]) => [city, ...this.#time(zone)]);
    const box = this.root.querySelector(".times");
    if (box.drawn === String(times)) return;
    box.drawn = String(times);
    box.replaceChildren(...times.map(line));
  }

  /** Weekday, date and time. */
  #time(timeZone) {
    const now = Date.now() + this.#ahead;
    return Object.values(PARTS).map((form) => new Intl.DateTimeFormat(current(), { ...form, timeZone }).format(now));
  }

  #listen() {
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.seconds) this.#send({ do: "move", seconds: Number(button.dataset.seconds) });
      if (button?.dataset.do === "to") this.#ask();
    });
  }

  /** Ask for a local time in the first city. */
  #ask() {
    const field = this.dialog.querySelector("input");
    const [city, zone] = Object.entries(this.#zones)[0];
    this.dialog.querySelector("label span").textContent = t("clockIn", { city });
    field.value = field.min = this.#local(zone, MINUTE);
    this.dialog.returnValue = "";
    this.dialog.onclose = () => this.dialog.returnValue === "set" && field.value && this.#send({ do: "move", to: field.value });
    this.dialog.showModal();
  }

  /** A local time as the field wants it, `later` milliseconds from now: `2026-02-22T11:00`. */
  #local(timeZone, later) {
    const parts = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short", timeZone });
    return parts.format(Date.now() + this.#ahead + later).replace(" ", "T");
  }
}

function line([city, weekday, date, time]) {
  const made = document.createElement("span");
  const day = document.createElement("span");
  day.className = "date"; // not on a phone
  day.textContent = `${date} `;
  made.append(`${city} ${weekday} `, day, time);
  return made;
}
