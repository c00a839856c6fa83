/** The page: one connection to the demo, two sides. The server sends the content of every chat; the page shows it. */
import { Clock } from "./clock.js";
import { Side } from "./side.js";
import { choose, current, fill, said, t } from "./strings.js";
import { Tour } from "./tour.js";
import { mark } from "./unread.js";

const RETRY = 500; // milliseconds
const TOAST = 6000;
const main = document.querySelector("#sides");
const sides = { telegram: new Side("telegram", send, fail), matrix: new Side("matrix", send, fail) };
const clock = new Clock(send);
const tour = new Tour(sides, show, clock);
let socket = null;
let running = true;

function connect() {
  socket = new WebSocket(`ws://${location.host}/events`);
  socket.addEventListener("message", (event) => handle(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    document.querySelector("#offline").hidden = false;
    setTimeout(connect, RETRY);
  });
}

/** Ask the demo for something; false when nobody is there to hear it. */
function send(wish) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(wish));
  return true;
}

const HANDLERS = {
  state(news) {
    document.querySelector("#offline").hidden = true;
    document.querySelector("#dialogue").textContent = news.dialogue;
    setRunning(news.running);
    clock.load(news);
    for (const [name, side] of Object.entries(sides)) side.load(news.sides[name]);
    tour.load(news.run);
  },
  message: (news) => sides[news.side].put(news.chat, news.message),
  gone: (news) => sides[news.side].drop(news.chat, news.id),
  started: (news) => sides[news.side].begin(news.person),
  encrypted: (news) => sides[news.side].encrypt(),
  menu: (news) => sides[news.side].offer(news),
  running: (news) => setRunning(news.running),
  clock: (news) => clock.set(news.now),
  answer: ({ side, person, text }) => sides[side].visit(text, person) || toast(text),
  failed: (news) => fail(news.text),
};

function handle(news) {
  HANDLERS[news.type]?.(news);
  countUnread();
  tour.look({ answered: news.type !== "message" || news.message.bot });
}

function setRunning(value) {
  running = value;
  const state = document.querySelector("#bot-state");
  state.textContent = t(running ? "running" : "down");
  state.classList.toggle("down", !running);
  document.querySelector("#crash").disabled = !running;
}

let toasting = 0;

function toast(text) {
  const box = document.querySelector("#toast");
  box.textContent = text;
  clearTimeout(toasting);
  toasting = setTimeout(() => (box.textContent = ""), TOAST);
}

function fail(text) {
  toast(t("failed", { text: said(text) }));
}

/** On a phone one side is shown at a time. */
function show(name) {
  main.dataset.shown = name;
  for (const button of document.querySelectorAll(".switch button")) {
    button.setAttribute("aria-pressed", String(button.dataset.side === name));
  }
  sides[name].shown();
  countUnread();
}

function countUnread() {
  for (const button of document.querySelectorAll(".switch button")) {
    const side = sides[button.dataset.side];
    mark(button.querySelector(".unread"), button.dataset.side === main.dataset.shown ? 0 : side.unread());
  }
}

function setLanguage(tag) {
  choose(tag);
  document.documentElement.lang = tag;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === tag));
  }
  fill(document);
  setRunning(running);
  clock.draw();
  for (const side of Object.values(sides)) side.translate();
  tour.draw();
}

document.querySelector("#crash").addEventListener("click", () => send({ do: "crash" }));
document.querySelector(".languages").addEventListener("click", (event) => {
  const tag = event.target.closest("button")?.dataset.language;
  if (tag) setLanguage(tag);
});
document.querySelector(".switch").addEventListener("click", (event) => {
  const name = event.target.closest("button")?.dataset.side;
  if (name) show(name);
});

main.append(sides.telegram.root, sides.matrix.root);
setLanguage(current());
connect();
