/** What the composer offers to write. */
import { t } from "./strings.js";

const WORDS = { private: ["help", "me", "link"], coordinator: ["help", "roles", "roundtables", "polls", "status", "doctor"], other: ["help", "roles", "me"] };

/** For one of the people, in the group or `alone` with the bot. */
export function examples({ role, city }, alone, prefix) {
  const words = WORDS[alone ? "private" : role] ?? WORDS.other;
  const commands = words.map((word) => prefix + word);
  return alone ? commands : [t("hello", { city }), ...commands];
}
