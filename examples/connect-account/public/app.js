// What pages do better with a script. Each of them works without it.

filterApps(document.querySelector("#search"));
for (const form of document.querySelectorAll("form[data-busy]")) showThatItWorks(form);
if (document.querySelector("[data-working]") !== null) waitForTheOutcome();
openAsPopUp(document.querySelector("a[data-sign-in]"));

/** Hides the apps that do not match, while the user types. */
function filterApps(input) {
  input?.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let count = 0;
    for (const app of document.querySelectorAll("#apps li")) {
      app.hidden = !app.dataset.search.includes(wanted);
      if (!app.hidden) count += 1;
    }
    document.querySelector("#found").textContent =
      count === 0 ? "No app matches" : `${count} ${count === 1 ? "app" : "apps"}`;
  });
}

/** Shows that a form was submitted, until the next page is there. */
function showThatItWorks(form) {
  const button = form.querySelector("button");
  const label = button.textContent;
  const setBusy = (busy) => {
    form.setAttribute("aria-busy", String(busy));
    button.disabled = busy;
    button.textContent = busy ? form.dataset.busy : label;
  };
  form.addEventListener("submit", () => setBusy(true));
  // The back button may bring the page back as it was left.
  addEventListener("pageshow", () => setBusy(false));
}

/** Looks again every second until the page shows something else. */
async function waitForTheOutcome() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const response = await fetch(location.href).catch(() => undefined);
    if (response?.ok && !(await response.text()).includes("data-working")) return location.reload();
  }
}

/** Opens the page of the app as a pop-up, and listens for what it reports. */
function openAsPopUp(link) {
  if (link === null) return;
  const { signIn: requestId, origins } = link.dataset;
  const status = document.querySelector("#sign-in-status");
  let popUp = null;

  link.addEventListener("click", (event) => {
    popUp = window.open(link.href, "rollout-sign-in", "popup,width=520,height=720");
    if (popUp === null) return; // Blocked: the link opens a tab, as it does without a script.
    event.preventDefault();
    status.textContent = "Waiting for you to sign in …";
  });

  addEventListener("message", (event) => {
    // Any page can send a message. It must come from our pop-up, from an origin that we expect, and be about our request.
    if (event.source !== popUp || !origins.split(" ").includes(event.origin)) return;
    const report = event.data?._rollout;
    if (report?.type !== "credential-added" || report.requestId !== requestId) return;
    popUp.close();
    if (report.ok === true && typeof report.credential?.id === "string") {
      const form = document.querySelector('form[action$="/signed-in"]');
      form.elements.credentialId.value = report.credential.id;
      status.textContent = "Finishing …";
      form.submit();
    } else {
      status.textContent = "The sign-in did not succeed. Nothing was connected. You can try again.";
    }
  });
}
