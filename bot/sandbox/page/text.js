/** Rich text → DOM. The text comes as a tree of known kinds; everything else is shown as characters. */
import { t } from "./strings.js";

const TAGS = {
  ...{ bold: "strong", italic: "em", underline: "u", u: "u", strike: "s", quote: "blockquote", code: "code", mention: "span" },
  ...Object.fromEntries(["ul", "ol", "li", "table", "tr", "th", "td", "p", "hr", "sub", "sup", "details", "summary"].map((tag) => [tag, tag])),
  ...{ heading: "h4", block: "pre" },
};
const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);

/** Build the nodes of `tree`: an array of strings and {kind, …} objects. */
export function render(tree) {
  const fragment = document.createDocumentFragment();
  for (const node of tree) fragment.append(typeof node === "string" ? node : element(node));
  return fragment;
}

function element(node) {
  if (node.kind === "link") return link(node);
  if (node.kind === "moment") return moment(node);
  if (node.kind === "spoiler") return spoiler(node);
  if (node.kind === "pre") return make("pre", node.text);
  if (node.folded) return folded(node);
  const made = make(TAGS[node.kind] ?? "span", node.text ?? render(node.children));
  if (node.kind === "mention") made.className = "mention";
  return made;
}

function make(tag, content) {
  const made = document.createElement(tag);
  made.append(content);
  return made;
}

function link(node) {
  if (!safe(node.url)) return make("span", render(node.children));
  const made = make("a", render(node.children));
  made.href = node.url;
  made.rel = "noopener noreferrer";
  made.target = "_blank";
  return made;
}

function safe(url) {
  try {
    return SAFE.has(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** A long quotation, of which only the beginning is shown until somebody wants all of it. */
function folded(node) {
  const made = make("blockquote", make("div", render(node.children)));
  const button = make("button", "…");
  button.type = "button";
  button.setAttribute("aria-label", t("unfold"));
  made.className = "folded";
  button.addEventListener("click", () => {
    made.classList.remove("folded");
    button.remove();
  });
  made.append(button);
  return made;
}

function moment(node) {
  const made = make("time", node.text);
  const when = new Date(node.unix * 1000);
  if (Number.isNaN(when.getTime())) return made;
  made.dateTime = when.toISOString();
  made.title = when.toLocaleString();
  return made;
}

function spoiler(node) {
  const made = make("button", render(node.children));
  made.type = "button";
  made.className = "spoiler";
  made.setAttribute("aria-expanded", "false");
  made.addEventListener("click", () => made.setAttribute("aria-expanded", "true"));
  return made;
}
