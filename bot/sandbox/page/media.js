/** Files of messages: pictures, films, sounds, stickers; everything else is a link to save it. */
import { choice, element } from "./elements.js";
import { current, t } from "./strings.js";
import { drawVoice } from "./voice.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** What shows a file of a message on `side`; `caption` says what a picture shows if nothing else does. */
export function drawFile(file, side, caption) {
  const url = address(side, file.id);
  const made = DRAWN[file.shown && file.kind]?.(file, url, caption) ?? (file.kind === "sticker" ? badge(file, side) : saved(file, url, side));
  return file.spoiler ? covered(made) : made;
}

const address = (side, id, folder = "files") => `${folder}/${side}/${encodeURIComponent(id)}`;

const DRAWN = {
  photo: (file, url, caption) => picture(file, url, caption),
  document: (file, url, caption) => picture(file, url, caption),
  animation: (file, url, caption) => (file.shown === "picture" ? picture(file, url, caption) : loop(url, file.alt || caption || t("animation"))),
  video: (_, url) => Object.assign(element("video"), { src: url, controls: true, preload: "metadata" }),
  video_note: (_, url) => round(url),
  audio: (file, url) => audio(file, url),
  voice: (file, url) => drawVoice(file, url),
  sticker: (file, url) => (file.shown === "film" ? loop(url, file.alt, "sticker") : image(url, file.alt || t("sticker"), "sticker")),
};

function picture({ alt, name }, src, caption) {
  const shown = alt || caption || name || t("picture"); // on Telegram only the caption says it
  const button = choice(image(src, shown), { do: "enlarge" });
  button.title = t("enlarge");
  button.setAttribute("aria-label", `${button.title}: ${shown}`);
  return button;
}

const image = (src, alt, className = "") => Object.assign(element("img"), { src, alt, className });

/** A film that runs by itself and has no sound; for who wants no motion it waits. */
function loop(src, label, className = "loop") {
  const film = Object.assign(element("video"), { src, muted: true, loop: true, playsInline: true, className });
  film.setAttribute("aria-label", label);
  if (STILL.matches) film.controls = true;
  else film.autoplay = true;
  return film;
}

/** A round film: a tap plays it and stops it. */
function round(src) {
  const film = Object.assign(element("video"), { src, playsInline: true, preload: "metadata" });
  const button = choice(film, { do: "play" });
  button.className = "round";
  button.setAttribute("aria-label", t("note"));
  button.setAttribute("aria-pressed", "false");
  for (const event of ["play", "pause", "ended"]) film.addEventListener(event, () => button.setAttribute("aria-pressed", String(!film.paused)));
  button.addEventListener("click", () => (film.paused ? film.play() : film.pause()));
  return button;
}

function audio({ name, size }, src) {
  const player = Object.assign(element("audio"), { src, controls: true, preload: "metadata" });
  player.setAttribute("aria-label", name || t("audio"));
  return element("div", element("p", name || t("audio"), " ", element("small", bytes(size))), player);
}

/** A sticker that browsers cannot draw: its preview, or its emoji. */
function badge({ thumbnail, alt }, side) {
  if (thumbnail) return image(address(side, thumbnail), alt || t("sticker"), "sticker");
  return Object.assign(element("span", alt || t("sticker")), { className: "sticker" });
}

function saved({ id, name, size, readable }, href, side) {
  const link = element("a", element("span", name || t("file")), " ", element("small", bytes(size)));
  Object.assign(link, { href, download: name });
  return readable ? element("div", link, reader(address(side, id, "documents"))) : link;
}

/** The link that shows a document in a tab of its own. */
function reader(href) {
  const link = Object.assign(element("a", t("read")), { href, target: "_blank", rel: "noopener", title: t("readHint") });
  link.setAttribute("aria-description", link.title);
  return link;
}

/** A cover over what is hidden until somebody wants to see it. */
function covered(content) {
  const box = element("div", content);
  const cover = element("button", t("hidden"));
  cover.type = "button";
  box.className = "covered";
  content.inert = true;
  cover.addEventListener("click", () => {
    content.inert = false;
    box.classList.add("open");
    cover.remove();
  });
  box.append(cover);
  return box;
}

export function bytes(size) {
  const form = { style: "unit", unit: size < 1000 ? "byte" : "kilobyte", maximumFractionDigits: size < 10000 ? 1 : 0 };
  return new Intl.NumberFormat(current(), form).format(size < 1000 ? size : size / 1000);
}
