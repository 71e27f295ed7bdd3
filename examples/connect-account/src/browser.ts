// The script of the pages, bundled into dist/public/app.js. Every page works without it.
import { isRolloutError, openAuthorizePopup } from "rollout-client";

const search = document.querySelector<HTMLInputElement>("#search");
search?.addEventListener("input", () => filterApps(search.value));
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-busy]")) showBusyState(form);
for (const input of document.querySelectorAll<HTMLInputElement>("input[type=password]")) addShowButton(input);
for (const invalid of document.querySelectorAll<HTMLElement>("[aria-invalid]")) {
  invalid.focus();
  break;
}
if (document.querySelector("[data-working]") !== null) void reloadWhenDone();
const signIn = document.querySelector<HTMLAnchorElement>("a[data-request-id]");
signIn?.addEventListener("click", (event) => connectInPopup(signIn, event));

/** Hides the apps that do not match. */
function filterApps(text: string): void {
  const wanted = text.trim().toLowerCase();
  let count = 0;
  for (const app of document.querySelectorAll<HTMLElement>("#apps li")) {
    app.hidden = app.dataset.search?.includes(wanted) !== true;
    if (!app.hidden) count += 1;
  }
  setText("#found", count === 0 ? "No app matches" : `${count} ${count === 1 ? "app" : "apps"}`);
}

/** Disables the button of a form that was submitted, until the next page is there. */
function showBusyState(form: HTMLFormElement): void {
  const button = form.querySelector("button:not([type=button])");
  if (!(button instanceof HTMLButtonElement)) return;
  const label = button.textContent;
  const setBusy = (busy: boolean): void => {
    form.setAttribute("aria-busy", String(busy));
    button.disabled = busy;
    button.textContent = busy ? (form.dataset.busy ?? label) : label;
  };
  form.addEventListener("submit", () => setBusy(true));
  // The back button may bring the page back as it was left.
  addEventListener("pageshow", () => setBusy(false));
}

/** Lets people see the secret that they pasted. */
function addShowButton(input: HTMLInputElement): void {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show";
  button.setAttribute("aria-controls", input.id);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!isShown));
  });
  input.after(button);
}

/** Looks every second whether the server is still at work on what the page shows, and reloads it once it is not. */
async function reloadWhenDone(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const response = await fetch(location.href).catch(() => undefined);
    if (response?.ok && !(await response.text()).includes("data-working")) return location.reload();
  }
}

/** Opens the app's page in a pop-up, and tells the server which credential it reports. */
async function connectInPopup(link: HTMLAnchorElement, event: MouseEvent): Promise<void> {
  const { requestId = "" } = link.dataset;
  const form = document.querySelector<HTMLFormElement>('form[action$="/signed-in"]');
  const input = form?.elements.namedItem("credentialId");
  if (form === null || !(input instanceof HTMLInputElement)) return;
  try {
    const popup = openAuthorizePopup();
    event.preventDefault();
    link.setAttribute("aria-disabled", "true");
    setText("#sign-in-status", "Waiting for you to sign in …");
    input.value = (await popup.connect({ url: link.href, requestId })).id;
    setText("#sign-in-status", "Finishing …");
    form.submit();
  } catch (error) {
    link.removeAttribute("aria-disabled");
    setText("#sign-in-status", explain(error));
  }
}

function explain(error: unknown): string {
  if (!isRolloutError(error)) throw error;
  switch (error.code) {
    case "popup_blocked":
      return "Your browser blocked the window, so the page opens in a tab. Afterwards, look at your accounts.";
    case "popup_closed":
      return "The window was closed. If you had signed in, look at your accounts. If not, you can try again.";
    case "authorization_failed":
      return ["Nothing was connected.", ...error.errors.map(({ message }) => message), "You can try again."].join(" ");
    default:
      return "The sign-in did not finish. Look at your accounts before you try again.";
  }
}

function setText(selector: string, text: string): void {
  const element = document.querySelector(selector);
  if (element !== null) element.textContent = text;
}
