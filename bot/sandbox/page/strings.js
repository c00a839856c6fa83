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
    coordinator: "{city} · coordinator",
    staff: "{city} · staff",
    guest: "visiting {city}",
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
    crashHint: "kill -9, then a restart: what is written in the meantime still arrives",
    offline: "Connection to the demo lost. Trying again …",
    failed: "That did not work: {text}",
    unanswered: "the bot has not answered yet",
    absent: "the bot has not come yet",
    unread: "{n} new",
    hello: "Hello from **{city}**!",
    commands: "Commands",
    tour: "First tour",
    tourHelp: "Do it for me",
    tourSkip: "Skip",
    tourAgain: "Start over",
    tourFold: "Show or hide the step",
    tourClose: "Leave the tour",
    tourNumber: "Step {n} of {of}:",
    tourCount: "{n} of {of} done",
    tourGroup: "in the group",
    tourAlone: "alone with the bot",
    tour_help: "What may I do here?",
    tour_help_text: "Anna Weber coordinates Köln. She types /help in the group, and the bot lists what she may do there.",
    tour_unpair: "Take a chat out",
    tour_unpair_text: "The two chats are paired already. Anna takes hers out with /unpair and ✅: from then on nothing is passed on, and Indianapolis is told.",
    tour_code: "Make a code",
    tour_code_text: "Grace Miller coordinates Indianapolis. With !pair Indianapolis she gets a one-time code, which she would read to Anna over the telephone.",
    tour_pair: "Pair the chats",
    tour_pair_text: "Anna types that code and her city: /pair CODE Köln. Both sides are told what is passed on, what is stored and for how long.",
    tour_hello: "Say hello",
    tour_hello_text: "Mehmet Kaya greets the partner city from Telegram. It arrives on Matrix, with his name and city.",
    tour_role: "Give a role",
    tour_role_text: "Tom Jackson says hello on Matrix, and Grace answers his message with !role mayor. Both sides are told, so everybody knows who speaks for a city.",
    tour_link: "Link two accounts: the code",
    tour_link_text: "Grace is visiting Köln and uses Telegram too, where she is only a guest to the bot. Alone with it she presses Start and types /link: it gives her a code.",
    tour_claim: "Link two accounts: the other one",
    tour_claim_text: "On Matrix Grace opens a direct room with the bot and types !link and the code. Now the bot asks back: where the code was made, and here, because Grace holds a role.",
    tour_confirm: "Link two accounts: the yes",
    tour_confirm_text: "Grace confirms with ✅ on Matrix, where she reads what the other account gets, and on Telegram. To the bot both accounts are now one person, with the same role.",
    tour_status: "Has it arrived?",
    tour_status_text: "Tom replies to a message of his own with !status. The bot says whether the other side has got it.",
    tour_doctor: "Is everything all right?",
    tour_doctor_text: "Anna types /doctor. The bot looks at its rights, privacy mode, encryption and clock on both sides, and says how to put right what is wrong. In the group it is an administrator: if it were not, privacy mode would hide what people write, and it would say so as soon as the chat is paired.",
    tour_end: "That was the tour",
    tour_end_text: "Everything here keeps running: write, reply, edit, delete, crash the bot. Or take the tour again.",
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
    coordinator: "{city} · Koordination",
    staff: "{city} · Fachkraft",
    guest: "zu Gast in {city}",
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
    commands: "Befehle",
    tour: "Rundgang",
    tourHelp: "Für mich tippen",
    tourSkip: "Überspringen",
    tourAgain: "Von vorn",
    tourFold: "Schritt zeigen oder verbergen",
    tourClose: "Rundgang verlassen",
    tourNumber: "Schritt {n} von {of}:",
    tourCount: "{n} von {of} erledigt",
    tourGroup: "in der Gruppe",
    tourAlone: "allein mit dem Bot",
    tour_help: "Was kann ich hier tun?",
    tour_help_text: "Anna Weber koordiniert Köln. Sie tippt /help in die Gruppe, und der Bot zählt auf, was sie dort tun kann.",
    tour_unpair: "Einen Chat herausnehmen",
    tour_unpair_text: "Die beiden Chats sind schon gekoppelt. Anna nimmt ihren mit /unpair und ✅ heraus: Ab dann geht nichts mehr hinüber, und Indianapolis erfährt es.",
    tour_code: "Einen Code anfordern",
    tour_code_text: "Grace Miller koordiniert Indianapolis. Mit !pair Indianapolis bekommt sie einen Einmal-Code, den sie Anna am Telefon vorlesen würde.",
    tour_pair: "Die Chats koppeln",
    tour_pair_text: "Anna tippt diesen Code und ihre Stadt: /pair CODE Köln. Beide Seiten erfahren, was hinübergeht, was gespeichert wird und wie lange.",
    tour_hello: "Grüßen",
    tour_hello_text: "Mehmet Kaya grüßt die Partnerstadt aus Telegram. Der Gruß kommt in Matrix an, mit seinem Namen und seiner Stadt.",
    tour_role: "Eine Rolle geben",
    tour_role_text: "Tom Jackson grüßt in Matrix, und Grace antwortet auf seine Nachricht mit !role mayor. Beide Seiten erfahren es: So wissen alle, wer für eine Stadt spricht.",
    tour_link: "Zwei Konten verknüpfen: der Code",
    tour_link_text: "Grace besucht Köln und nutzt auch Telegram; dort ist sie für den Bot nur ein Gast. Allein mit ihm drückt sie auf „Starten“ und tippt /link: Er gibt ihr einen Code.",
    tour_claim: "Zwei Konten verknüpfen: das andere",
    tour_claim_text: "In Matrix öffnet Grace einen Direktraum mit dem Bot und tippt !link und den Code. Nun fragt der Bot nach: dort, wo der Code angefordert wurde, und hier, weil Grace eine Rolle hat.",
    tour_confirm: "Zwei Konten verknüpfen: das Ja",
    tour_confirm_text: "Grace bestätigt mit ✅ in Matrix, wo sie liest, was das andere Konto bekommt, und in Telegram. Für den Bot sind beide Konten jetzt eine Person, mit derselben Rolle.",
    tour_status: "Ist es angekommen?",
    tour_status_text: "Tom antwortet auf eine eigene Nachricht mit !status. Der Bot sagt, ob die andere Seite sie bekommen hat.",
    tour_doctor: "Ist alles in Ordnung?",
    tour_doctor_text: "Anna tippt /doctor. Der Bot prüft auf beiden Seiten Rechte, Datenschutzmodus, Verschlüsselung und Uhr und sagt, wie sich beheben lässt, was nicht stimmt. In der Gruppe ist er Administrator: Sonst verbirgt der Datenschutzmodus, was geschrieben wird, und er würde das gleich beim Koppeln sagen.",
    tour_end: "Das war der Rundgang",
    tour_end_text: "Hier läuft alles weiter: Schreiben, antworten, bearbeiten und löschen Sie, oder lassen Sie den Bot abstürzen. Sie können den Rundgang auch wiederholen.",
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
