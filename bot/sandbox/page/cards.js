/** Places, contacts and dice, as small cards. */
import { element } from "./elements.js";
import { number, t } from "./strings.js";

const DRAWN = { ViewPlace: place, ViewContact: contact, ViewDice: dice };

export const drawCard = (card) => DRAWN[card.kind](card);

/** Without a map: nothing is loaded from the net. */
function place({ latitude, longitude, title, address, live }) {
  const at = [latitude, longitude].map((each) => number(each, { minimumFractionDigits: 4, maximumFractionDigits: 4 })).join("; ");
  const link = Object.assign(element("a", at), { target: "_blank", rel: "noopener noreferrer" });
  link.href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  link.title = t("map");
  return [sign("📍"), element("div", strong(title || t(live ? "live" : "place")), line(address), link)];
}

function contact({ name, phone }) {
  return [sign("👤"), element("div", strong(name), Object.assign(element("a", phone), { href: `tel:${phone.replace(/[^+\d]/g, "")}` }))];
}

function dice({ emoji, value }) {
  return [sign(emoji), strong(number(value))];
}

function sign(emoji) {
  const made = element("span", emoji);
  made.setAttribute("aria-hidden", "true");
  return made;
}

const strong = (text) => element("strong", text);
const line = (text) => (text ? element("p", text) : "");
