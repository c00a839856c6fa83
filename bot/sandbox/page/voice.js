/** A voice message: a button, how loud it is, and how long. */
import { choice, element } from "./elements.js";
import { t } from "./strings.js";

const BARS = 40;
const LOUDEST = 1024;

export function drawVoice({ duration, waveform }, src) {
  const sound = new Audio(src);
  sound.preload = "none";
  const button = choice("▶", { do: "play" });
  const bars = Object.assign(element("span"), { className: "waveform" });
  const time = element("small", length(duration));
  bars.setAttribute("aria-hidden", "true");
  const draw = () => mark(button, sound);
  button.addEventListener("click", () => (sound.paused ? sound.play() : sound.pause()));
  for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, draw);
  sound.addEventListener("timeupdate", () => progress(bars, sound.currentTime / (sound.duration || duration || 1)));
  if (waveform.length) fill(bars, waveform);
  else measured(src).then((found) => fill(bars, found));
  draw();
  return Object.assign(element("div", button, bars, time), { className: "voice" });
}

function mark(button, sound) {
  button.textContent = sound.paused ? "▶" : "⏸";
  button.setAttribute("aria-label", t(sound.paused ? "playVoice" : "pauseVoice"));
}

function fill(bars, waveform) {
  bars.replaceChildren(...squeezed(waveform).map((loud) => {
    const bar = element("i");
    bar.style.height = `${Math.max(12, (100 * loud) / LOUDEST)}%`;
    return bar;
  }));
}

function progress(bars, part) {
  [...bars.children].forEach((bar, number) => bar.classList.toggle("heard", number < part * bars.children.length));
}

/** At most as many values as there are bars, each the loudest of its part. */
function squeezed(waveform) {
  const step = Math.max(1, waveform.length / BARS);
  const count = Math.min(BARS, waveform.length);
  return Array.from({ length: count }, (_, n) => Math.max(...waveform.slice(Math.floor(n * step), Math.max(Math.floor((n + 1) * step), Math.floor(n * step) + 1))));
}

/** How loud it is, found in the sound itself: Telegram tells nothing about it. Even, if the browser cannot read it. */
async function measured(src) {
  try {
    const data = await (await fetch(src)).arrayBuffer();
    const samples = (await new OfflineAudioContext(1, 1, 16000).decodeAudioData(data)).getChannelData(0);
    const step = Math.ceil(samples.length / BARS);
    const peaks = Array.from({ length: BARS }, (_, n) => samples.slice(n * step, (n + 1) * step).reduce((most, each) => Math.max(most, Math.abs(each)), 0));
    const most = Math.max(...peaks) || 1;
    return peaks.map((peak) => (LOUDEST * peak) / most);
  } catch {
    return Array(BARS).fill(LOUDEST / 4);
  }
}

const length = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;
