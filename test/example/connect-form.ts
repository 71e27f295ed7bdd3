// connect-form.ts
import { type Connector, type ConnectorInput, type WayToConnect, waysToConnect } from "rollout-client";

type Values = Record<string, string | string[]>;

/** Draws a form for each way to connect. `connect` sends what the user entered to your server. */
export function connectForms(
  connector: Connector,
  connect: (way: WayToConnect, values: Values) => Promise<void>,
): HTMLFormElement[] {
  return waysToConnect(connector).map((way) => {
    const button = document.createElement("button");
    button.textContent = way.kind === "oauth" ? "Continue" : "Connect";
    const form = document.createElement("form");
    form.append(...way.fields.map(fieldFor), button);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true; // a second click would connect the account twice
      try {
        await connect(way, valuesOf(form, way.fields));
      } finally {
        button.disabled = false;
      }
    });
    return form;
  });
}

function fieldFor(input: ConnectorInput): HTMLElement {
  const field = document.createElement("label");
  field.append(input.label, controlFor(input));
  return field;
}

function controlFor({ type, key, placeholder = "", options }: ConnectorInput): HTMLElement {
  if (type === "dropdown") {
    const select = Object.assign(document.createElement("select"), { name: key, required: true });
    select.append(new Option(placeholder, ""), ...choicesOf(options));
    return select;
  }
  // One text a line.
  if (type === "textfield[]") return Object.assign(document.createElement("textarea"), { name: key, placeholder });
  const input = Object.assign(document.createElement("input"), { name: key, placeholder, required: true });
  input.type = type === "secret" ? "password" : "text";
  input.autocomplete = "off";
  return input;
}

/** Rollout does not document the shape of `options`: texts, or objects with `value` and `label`. */
function choicesOf(options: unknown): HTMLOptionElement[] {
  return (Array.isArray(options) ? options : []).map((option) =>
    typeof option === "string"
      ? new Option(option)
      : new Option(String(option.label ?? option.value), String(option.value)),
  );
}

function valuesOf(form: HTMLFormElement, fields: readonly ConnectorInput[]): Values {
  const entered = new FormData(form);
  return Object.fromEntries(
    fields.map(({ type, key }) => {
      const text = String(entered.get(key) ?? "");
      return [key, type === "textfield[]" ? text.split("\n").filter((line) => line.trim() !== "") : text];
    }),
  );
}
