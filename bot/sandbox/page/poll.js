/**
 * A native poll below its question, as clients draw it: one tap votes, and whoever has voted sees how it stands. A tap on
 * another option changes the vote; where several may be chosen, it adds the option or takes it out.
 */
import { choice, element } from "./elements.js";
import { number, t } from "./strings.js";

/** What stands in the poll for the person `me`. */
export function drawPoll(poll, me) {
  const all = new Set(poll.options.flatMap(({ by }) => by));
  const options = poll.options.map((option) => drawOption(option, poll, me, all));
  const retract = all.has(me) && !poll.closed ? [choice(t("retract"), { options: "[]" })] : [];
  return [...options, element("p", status(poll, all.size), " ", ...retract)];
}

function drawOption(option, { options, multiple, closed }, me, all) {
  const mine = option.by.includes(me);
  const others = options.filter(({ id, by }) => id !== option.id && by.includes(me)).map(({ id }) => id);
  const wanted = multiple ? (mine ? others : [...others, option.id]) : [option.id];
  const made = choice(element("span", option.text), { options: JSON.stringify(wanted) });
  made.setAttribute("aria-pressed", String(mine));
  made.disabled = closed;
  if (closed || all.has(me)) made.append(...share(option.by.length, all.size));
  return made;
}

/** How many chose an option, of all who voted. */
function share(count, all) {
  const part = all ? count / all : 0;
  const bar = element("span");
  bar.className = "bar";
  bar.style.width = `${100 * part}%`;
  return [element("small", `${number(part, { style: "percent" })} · ${number(count)}`), bar];
}

function status({ closed }, all) {
  const votes = t(all === 1 ? "votesOne" : all ? "votes" : "votesNone", { n: number(all) });
  return closed ? `${t("pollClosed")} · ${votes}` : votes;
}
