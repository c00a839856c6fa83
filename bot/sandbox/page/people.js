/** Who writes: one of the people of a side. */
import { element } from "./elements.js";
import { t } from "./strings.js";

/** Offer `people` in the fieldset `box`, as radio buttons called `name`; `chosen` is an id. */
export function drawPeople(box, name, people, chosen) {
  box.replaceChildren(box.querySelector("legend"), ...people.map((person) => offer(person, name, chosen)));
}

function offer({ id, name: called, role, city }, name, chosen) {
  const radio = Object.assign(element("input"), { type: "radio", name, value: id, checked: id === chosen });
  return element("label", radio, element("span", called, element("small", t(role, { city }))));
}
