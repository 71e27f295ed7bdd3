import {
  type Connector,
  type Credential,
  cachedToken,
  createRolloutClient,
  isRolloutError,
  type OnOtp,
  openAuthorizePopup,
  type WayToConnect,
} from "rollout-client";
import { connectForms } from "./connect-form.js";

type Values = Record<string, string | string[]>;

const element = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}`);
  return found;
};
const apps = element("apps", HTMLSelectElement);
const forms = element("forms", HTMLElement);
const codeDialog = element("code", HTMLDialogElement);
const codeForm = element("code-form", HTMLFormElement);
const question = element("question", HTMLElement);
const result = element("result", HTMLElement);

const rollout = createRolloutClient({ token: cachedToken(fetchToken), baseUrl: import.meta.env.VITE_ROLLOUT_URL });

async function fetchToken(): Promise<string> {
  const response = await fetch("/rollout-token");
  if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
  return (await response.json()).token;
}

async function connect({ appKey, name }: Connector, way: WayToConnect, values: Values): Promise<void> {
  result.textContent = "Connecting …";
  try {
    const { id } = await credentialOf(appKey, way, values);
    result.textContent = `${name} is connected: ${id}`;
  } catch (error) {
    console.error(error);
    result.textContent = explain(error);
  } finally {
    codeDialog.close();
  }
}

function credentialOf(appKey: string, { kind, plan }: WayToConnect, values: Values): Promise<Credential> {
  if (kind === "oauth") {
    const popup = openAuthorizePopup(); // before the first await, or the browser blocks it
    return popup.connect(rollout.credentials.authorizeUrl({ appKey, customParams: values }));
  }
  return rollout.credentials.create({ appKey, userInputs: values, plan }, { confirm: true, onOtp: askForCode });
}

const askForCode: OnOtp = async (challenge, { rejected }) => {
  question.textContent = rejected?.errors[0]?.message ?? challenge.message;
  codeForm.reset();
  codeDialog.returnValue = ""; // some browsers keep the last one when the user presses Escape
  codeDialog.showModal();
  await new Promise((resolve) => codeDialog.addEventListener("close", resolve, { once: true }));
  return codeDialog.returnValue === "" ? undefined : String(new FormData(codeForm).get("code"));
};

function explain(error: unknown): string {
  if (!isRolloutError(error) || error.mayHaveSucceeded) return "Something went wrong. Check your accounts first.";
  if (error.code === "popup_blocked") return "Allow pop-ups for this page, then try again.";
  const isRefusal = error.code === "bad_request" || error.code === "authorization_failed";
  return ["Not connected.", ...(isRefusal ? error.errors.map(({ message }) => message) : [])].join(" ");
}

const connectors = await rollout.connectors.list();
apps.append(...connectors.map(({ name, appKey }) => new Option(name, appKey)));
const show = () => {
  const connector = connectors.find(({ appKey }) => appKey === apps.value);
  if (connector) forms.replaceChildren(...connectForms(connector, (way, values) => connect(connector, way, values)));
};
apps.addEventListener("change", show);
show();
