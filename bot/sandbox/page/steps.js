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

const YES = "✅";

const linked = (stand) => stand.toldAlone(VISITOR.side, VISITOR.name, "🔗");
const question = (stand) => stand.askedAlone(VISITOR.side, VISITOR.name, "link:yes");
/** Grace holds a role on Matrix: there she is asked, too. */
const warning = (stand) => stand.warnedAlone(GRACE.side, GRACE.name, YES);
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
    acts: [presses(VISITOR, "link:yes", question, { alone: true, once: true }), reacts(GRACE, YES, warning)],
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
];

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

/** Someone alone with the bot sets `sign` under the message that `where` gives, if they have not done so. */
function reacts(who, sign, where) {
  return {
    ...who,
    alone: true,
    wish(stand) {
      const message = where(stand);
      const mine = ({ key, by }) => key === sign && by.includes(stand.id(who.side, who.name));
      return message && !message.reactions.some(mine) ? { do: "react", id: message.id, key: sign } : null;
    },
  };
}
