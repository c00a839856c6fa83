/** Everything the page itself says. What people and the bot say comes from the messengers. */
import { ENGLISH } from "./english.js";
import { GERMAN } from "./german.js";

const STRINGS = { en: ENGLISH, de: GERMAN };
const KEY = "intercity-language";
let language = stored() ?? (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => tag in STRINGS) ?? "en";

function stored() {
  const kept = localStorage.getItem(KEY);
  return kept in STRINGS ? kept : null;
}

/** The page's language: "de" or "en". */
export const current = () => language;

export function choose(tag) {
  language = tag;
  localStorage.setItem(KEY, tag);
}

/** A number as the language of the page writes it. */
export const number = (value, form) => new Intl.NumberFormat(language, form).format(value);

/** The string `key`, with {name} filled from `values`. */
export function t(key, values = {}) {
  return STRINGS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** What the demo says: the key of a string, or a messenger's own words. */
export const said = (text) => STRINGS[language][text] ?? text;

const TARGETS = { t: (e, s) => (e.textContent = s), tLabel: (e, s) => label(e, s), tTitle: (e, s) => (e.title = s), tPlaceholder: (e, s) => (e.placeholder = s) };

function label(element, text) {
  element.setAttribute("aria-label", text);
  if (element.matches("button")) element.title = text;
}

/** Put the strings into everything below `root` that names one in data-t, data-t-label, … */
export function fill(root) {
  for (const [name, put] of Object.entries(TARGETS)) {
    const attribute = "data-" + name.replace(/[A-Z]/g, (c) => "-" + c.toLowerCase());
    for (const element of root.querySelectorAll(`[${attribute}]`)) put(element, t(element.dataset[name]));
  }
}
