/** Everything the page itself says. What people and the bot say comes from the messengers. */
const STRINGS = {
  en: {
    about: "Telegram is emulated on this machine; the Matrix homeserver (Synapse) and the bot are real. Nothing leaves it.",
    pageLanguage: "Language of the page",
    messengers: "Messenger",
    chats: "Chat",
    privateChat: "Intercity (private)",
    emulated: "emulated",
    real: "real: Synapse",
    writeAs: "Write as",
    coordinator: "coordinator",
    staff: "staff",
    history: "Messages",
    empty: "Nothing here yet. Write something and watch the other side.",
    emptyPrivate: "A private chat with the bot.",
    latest: "To the newest message",
    cancel: "Cancel",
    examples: "Examples",
    message: "Message",
    send: "Send",
    hint: "**bold** · _italic_ · `code` · [text](https://…) · Enter sends, Shift+Enter starts a new line",
    startTelegram: "Start",
    startMatrix: "Open a direct room with Intercity",
    edited: "edited",
    deleted: "Message deleted",
    buttons: "Buttons",
    reactions: "Reactions",
    tools: "Actions",
    reply: "Reply",
    react: "React with 👍",
    edit: "Edit",
    delete: "Delete",
    replyTo: "Reply to {name}",
    editing: "Edit message",
    silentDelete: "Telegram tells bots nothing about deletions: the other side keeps its copy. Reply with /delete to remove the message and its copies.",
    deleteEverywhere: "Reply with /delete",
    deleteHere: "Delete on Telegram only",
    running: "Bot is running",
    down: "Bot is down, restarting …",
    crash: "Crash the bot",
    crashHint: "kill -9, then a restart: what is written meanwhile still arrives",
    offline: "Connection to the demo lost. Trying again …",
    failed: "That did not work: {text}",
    unanswered: "the bot has not answered yet",
    absent: "the bot has not come yet",
    unread: "{n} new",
    hello: "Hello from **{city}**!",
  },
  de: {
    about: "Telegram ist auf diesem Rechner nachgebildet; der Matrix-Server (Synapse) und der Bot sind echt. Nichts verlässt ihn.",
    pageLanguage: "Sprache der Seite",
    messengers: "Messenger",
    chats: "Chat",
    privateChat: "Intercity (privat)",
    emulated: "nachgebildet",
    real: "echt: Synapse",
    writeAs: "Schreiben als",
    coordinator: "Koordination",
    staff: "Fachkraft",
    history: "Nachrichten",
    empty: "Noch nichts hier. Schreiben Sie etwas und beobachten Sie die andere Seite.",
    emptyPrivate: "Ein privater Chat mit dem Bot.",
    latest: "Zur neuesten Nachricht",
    cancel: "Abbrechen",
    examples: "Beispiele",
    message: "Nachricht",
    send: "Senden",
    hint: "**fett** · _kursiv_ · `Code` · [Text](https://…) · Enter sendet, Umschalt+Enter beginnt eine neue Zeile",
    startTelegram: "Starten",
    startMatrix: "Direktraum mit Intercity öffnen",
    edited: "bearbeitet",
    deleted: "Nachricht gelöscht",
    buttons: "Schaltflächen",
    reactions: "Reaktionen",
    tools: "Aktionen",
    reply: "Antworten",
    react: "Mit 👍 reagieren",
    edit: "Bearbeiten",
    delete: "Löschen",
    replyTo: "Antwort an {name}",
    editing: "Nachricht bearbeiten",
    silentDelete: "Telegram meldet Bots keine Löschungen: Die andere Seite behält ihre Kopie. Mit /delete als Antwort verschwinden die Nachricht und ihre Kopien.",
    deleteEverywhere: "Mit /delete antworten",
    deleteHere: "Nur in Telegram löschen",
    running: "Bot läuft",
    down: "Bot ist aus, startet neu …",
    crash: "Bot abstürzen lassen",
    crashHint: "kill -9, dann Neustart: Was währenddessen geschrieben wird, kommt trotzdem an",
    offline: "Verbindung zur Demo verloren. Neuer Versuch …",
    failed: "Das ging nicht: {text}",
    unanswered: "der Bot hat noch nicht geantwortet",
    absent: "der Bot ist noch nicht da",
    unread: "{n} neu",
    hello: "Hallo aus **{city}**!",
  },
};

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
