/** Files that people pick are sent as they are. */

/** Send a file on `side`; return what went wrong, if anything. */
export async function upload(side, file, { chat, person, text, reply_to, thread }) {
  const place = { chat, person, name: file.name, text, reply_to: reply_to ?? "", thread: thread ?? "" };
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  const answer = await fetch(`uploads/${side}?${new URLSearchParams(place)}`, { method: "POST", body: file, headers });
  return answer.ok ? "" : answer.text();
}
