/**
 * The steps of the first tour: what must be seen for a step to be done, and the acts that lead there. An act is possible
 * when its `wish` gives what to ask of the demo; the last possible one is what to do now.
 */
import { button } from "./stand.js";

const ANNA = { side: "telegram", name: "Anna Weber" };
const MEHMET = { side: "telegram", name: "Mehmet Kaya" };
const VISITOR = { side: "telegram", name: "Grace Miller" };
const GRACE = { side: "matrix", name: "Grace Miller" };
const TOM = { side: "matrix", name: "Tom Jackson" };
const CLARA = { side: "telegram", name: "Clara Hoffmann" };
const RUTH = { side: "matrix", name: "Ruth Bennett" };

const YES = "✅";
const COMING = "👍";
const CARD = "🗓️";
const REMINDER = "🔔";
const RUNNING = "🔴";
const MINUTES = "📝";
const ACTION = "📌";
const AGREED = "🤝";
const POLL = "🗳️";
const CLOSED = "🏁";
const LOVED = "❤️";
const FIRST = "1️⃣";
const BOTH_VOTED = /\d[.,]\d\d .*Köln \d.*Indianapolis \d/;
const MADE = "/umfrage Woran arbeiten wir zuerst? | verfahren: zustimmung | - Radwege ausbauen (SDG 11) | - Bäume pflanzen (SDG 13) | - Schulen verbinden (SDG 4)";

const linked = (stand) => stand.toldAlone(VISITOR.side, VISITOR.name, "🔗");
const question = (stand) => stand.askedAlone(VISITOR.side, VISITOR.name, "link:yes");
/** Grace holds a role on Matrix: there she is asked, too. */
const warning = (stand) => stand.warnedAlone(GRACE.side, GRACE.name, YES);
/** The card of the action point changes its sign when every city has agreed. */
const agreed = (stand) => stand.announced(AGREED, CLARA.name);
/** When the tour is taken again, Tom gets back what he was. */
const role = (stand) => (stand.before("👤", TOM.name) % 2 ? "staff" : "mayor");

export const STEPS = [
  {
    key: "help",
    done: (stand) => stand.answered("telegram", /^\/(help|hilfe)\b/i),
    acts: [says(ANNA, "/help")],
  },
  {
    key: "unpair",
    done: (stand) => stand.parted(),
    acts: [says(ANNA, "/unpair"), presses(ANNA, "unpair:yes", (stand) => stand.asked("telegram", "unpair:yes"))],
  },
  {
    key: "code",
    done: (stand) => stand.code("matrix") || stand.code("telegram") || stand.announced("🤝"),
    acts: [says(GRACE, "!pair Indianapolis")],
  },
  {
    key: "pair",
    done: (stand) => stand.announced("🤝"),
    acts: [
      says(GRACE, (stand) => stand.code("telegram") && `!pair ${stand.code("telegram")} Indianapolis`),
      says(ANNA, (stand) => stand.code("matrix") && `/pair ${stand.code("matrix")} Köln`),
    ],
  },
  {
    key: "hello",
    done: (stand) => stand.crossed(MEHMET.side, MEHMET.name),
    acts: [says(MEHMET, "Guten Tag aus **Köln**!")],
  },
  {
    key: "picture",
    done: (stand) => stand.newest("telegram", LOVED),
    acts: [shares(MEHMET, "photo"), reacts(TOM, LOVED, (stand) => stand.picture("matrix"))],
  },
  {
    key: "role",
    done: (stand) => stand.announced("👤", TOM.name),
    acts: [
      says(TOM, "Good morning from **Indianapolis**!"),
      says(GRACE, (stand) => `!role ${role(stand)}`, { to: (stand) => stand.crossed(TOM.side, TOM.name) }),
    ],
  },
  {
    key: "link",
    done: (stand) => linked(stand) || question(stand) || stand.ownCode(VISITOR.side, VISITOR.name),
    acts: [starts(VISITOR), says(VISITOR, "/link", { alone: true })],
  },
  {
    key: "claim",
    done: (stand) => linked(stand) || question(stand),
    acts: [starts(GRACE), says(GRACE, (stand) => claim(stand.ownCode(VISITOR.side, VISITOR.name)), { alone: true })],
  },
  {
    key: "confirm",
    done: linked,
    acts: [
      presses(VISITOR, "link:yes", question, { alone: true, once: true }),
      reacts(GRACE, YES, warning, { alone: true }),
    ],
  },
  {
    key: "status",
    done: (stand) => stand.answered("matrix", /^!status\b/i, { reply: true }),
    acts: [says(TOM, "Has this arrived?"), says(TOM, "!status", { to: (stand) => stand.crossed(TOM.side, TOM.name) })],
  },
  {
    key: "doctor",
    done: (stand) => stand.answered("telegram", /^\/doctor\b/i),
    acts: [says(ANNA, "/doctor")],
  },
  {
    key: "roundtable",
    done: (stand) => stand.announced(CARD),
    acts: [
      says(CLARA, "Guten Tag aus dem Rathaus!"),
      says(RUTH, (stand) => crossed(stand, CLARA) && "Good morning from City Hall!"),
      says(ANNA, (stand) => crossed(stand, CLARA) && crossed(stand, RUTH) && roundtable(stand)),
    ],
  },
  {
    key: "attend",
    done: (stand) => [CLARA, RUTH].every(({ name }) => stand.newest("matrix", CARD)?.plain.includes(name)),
    acts: [
      presses(CLARA, "attend:", (stand) => stand.asked("telegram", "attend:"), { once: true }),
      reacts(RUTH, COMING, (stand) => stand.newest("matrix", CARD)),
    ],
  },
  {
    key: "reminder",
    done: (stand) => stand.announced(REMINDER),
    acts: [{ ...ANNA, clock: true, wish: (stand) => anHourBefore(stand) }],
  },
  {
    key: "minutes",
    done: (stand) => stand.announced(MINUTES) || stand.filed(".docx"),
    acts: [
      says(ANNA, (stand) => commands("runde", stand.newest("telegram", CARD), "beginnen")),
      says(ANNA, (stand) => stand.announced(RUNNING) && commands("protokoll anfang", stand.newest("telegram", RUNNING))),
    ],
  },
  {
    key: "lines",
    done: (stand) => stand.announced(ACTION) || agreed(stand),
    acts: [
      says(ANNA, "#beschluss Wir treffen uns jedes Jahr im Mai."),
      says(GRACE, (stand) => stand.typed(/^#beschluss/) && `#action Plant thirty trees by ${stand.day(90)}`),
    ],
  },
  {
    key: "agree",
    done: agreed,
    acts: [
      presses(CLARA, "agree:", (stand) => stand.asked("telegram", "agree:"), { once: true }),
      reacts(RUTH, YES, (stand) => stand.newest("matrix", ACTION)),
    ],
  },
  {
    key: "documents",
    done: (stand) => stand.filed(".docx"),
    acts: [says(ANNA, "/protokoll ende")],
  },
  {
    key: "sign",
    done: (stand) => stand.announced(YES, GRACE.name),
    acts: [
      presses(ANNA, "agree:", (stand) => stand.asked("telegram", "agree:"), { once: true }),
      reacts(GRACE, YES, (stand) => stand.offered("matrix", MINUTES, YES)),
    ],
  },
  {
    key: "poll",
    done: (stand) => stand.announced(POLL) || stand.announced(CLOSED),
    acts: [says(ANNA, MADE), presses(ANNA, "draft:", (stand) => stand.asked("telegram", "draft:"))],
  },
  {
    key: "vote",
    done: (stand) => stand.announced(CLOSED) || stand.announced(POLL, BOTH_VOTED),
    acts: [
      presses(MEHMET, "topic:", (stand) => stand.asked("telegram", "topic:"), { once: true }),
      reacts(TOM, FIRST, (stand) => stand.newest("matrix", POLL)),
    ],
  },
  {
    key: "close",
    done: (stand) => stand.announced(CLOSED) && stand.pictured(),
    acts: [says(ANNA, (stand) => commands("umfrage", stand.newest("telegram", POLL), "schließen"))],
  },
  {
    key: "priorities",
    done: (stand) => stand.answered("matrix", /^!priorities\b/i),
    acts: [says(GRACE, "!priorities")],
  },
];

const crossed = (stand, { side, name }) => stand.crossed(side, name);

/** What Anna types: a roundtable on the next day, at a time that is possible in both cities. */
function roundtable(stand) {
  const [year, month, day] = stand.day(1).split("-");
  return `/runde Städte vereint | wann: ${day}.${month}.${year} 15–17 Uhr | wo: online | erinnern: 1h | - Begrüßung (10 min)`;
}

/** Type a command about what a card shows: its number, and what to do with it. */
const commands = (word, card, what = "") => card && `/${word} ${card.plain.match(/\d+/)} ${what}`.trim();

/** Set the clock to an hour before the roundtable that was typed last. */
function anHourBefore(stand) {
  const [, day, month, year] = stand.typed(/wann: (\d\d)\.(\d\d)\.(\d{4}) 15/) ?? [];
  return year ? { do: "move", to: `${year}-${month}-${day}T14:00` } : null;
}

const claim = (code) => code && `!link ${code}`;

/** Someone types `text` (or what it gives) in their group or `alone` with the bot; `to`: as an answer to what it gives. */
function says(who, text, { alone = false, to } = {}) {
  return {
    ...who,
    alone,
    wish(stand) {
      const typed = typeof text === "function" ? text(stand) : text;
      const target = to?.(stand);
      if (!typed || (to && !target) || (alone && !stand.started(who.side, who.name))) return null;
      return { do: "say", text: typed, reply_to: target?.id ?? null };
    },
  };
}

/** Someone attaches a sample in their group. */
function shares(who, what) {
  return { ...who, wish: () => ({ do: "share", what, text: "" }) };
}

function starts(who) {
  return { ...who, alone: true, wish: () => ({ do: "start" }) };
}

/**
 * Someone presses the button that begins with `action` under the message that `where` gives. `once`: only once for each
 * message, whichever of the step's acts comes first.
 */
function presses(who, action, where, { alone = false, once = false } = {}) {
  let pressed = null;
  return {
    ...who,
    alone,
    once,
    wish(stand) {
      const message = where(stand);
      if (!message || (once && message.id === pressed)) return null;
      return { do: "press", id: message.id, data: button(message, action) };
    },
    did(stand) {
      pressed = where(stand)?.id;
    },
  };
}

/** Someone sets `sign` under the message that `where` gives, if they have not done so. */
function reacts(who, sign, where, { alone = false } = {}) {
  return {
    ...who,
    alone,
    wish(stand) {
      const message = where(stand);
      const mine = ({ key, by }) => key === sign && by.includes(stand.id(who.side, who.name));
      return message && !message.reactions.some(mine) ? { do: "react", id: message.id, key: sign } : null;
    },
  };
}
