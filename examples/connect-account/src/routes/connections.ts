import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { readCode, readEntities, readForm, readStep, readText, readUserInputs } from "../form.ts";
import { appPage, type Sent } from "../pages/app.ts";
import { codePage, connectedPage, failedPage, signInPage, workingPage } from "../pages/connection.ts";
import type { Html } from "../pages/layout.ts";
import { connectWithCode, connectWithInputs, finishOAuth, startOAuth } from "../rollout/connect.ts";
import { invalidInputs, type UserInputs, wayToConnect, withoutSecrets } from "../rollout/connectors.ts";
import { hasPeople } from "../rollout/entities.ts";
import type { Environment, Services } from "../services.ts";
import type { Outcome, Wanted } from "../store/connections.ts";

const CONNECTION = "/connections/:id{[0-9a-f-]{36}}";
const INPUTS_KEPT_MS = 10 * 60 * 1000;

/** Connecting an account: the form, and the steps after it. Each ends in a redirect to the page that shows how far it came. */
export function connectionRoutes({ connections, choices, peopleSync, rolloutFor }: Services): Hono<Environment> {
  const routes = new Hono<Environment>();
  // For "Send a new code", while an app waits for one: in the memory of this process, never in the store.
  const inputsForNewCode = new Map<string, UserInputs>();

  async function findWay(userId: string, appKey: string | undefined, plan: string | undefined) {
    const connector = (await rolloutFor(userId).connectors.list()).find((each) => each.appKey === appKey);
    const way = connector && wayToConnect(connector, plan);
    return way && { connector, way };
  }

  async function take(userId: string, id: string, step: number, work: () => Promise<Outcome>): Promise<void> {
    await connections.take(userId, id, step, async () => {
      const outcome = await work();
      if (outcome.kind === "connected") {
        const { credentialId, wanted } = outcome;
        choices.save(userId, credentialId, wanted.chosen);
        if (wanted.hasPeople) peopleSync.start(userId, credentialId);
      }
      if (outcome.kind !== "code wanted") inputsForNewCode.delete(`${userId} ${id}`);
      return outcome;
    });
  }

  /** The form with what was entered, to be sent as a connection of its own. */
  async function formAgain(userId: string, wanted: Wanted, problem?: Sent["problem"]): Promise<Html | undefined> {
    const found = await findWay(userId, wanted.appKey, wanted.plan);
    return found && appPage(found.connector, found.way, randomUUID(), { ...wanted, problem });
  }

  routes.get("/apps/:appKey", async (context) => {
    const found = await findWay(context.var.userId, context.req.param("appKey"), context.req.query("plan"));
    return found === undefined ? context.notFound() : context.html(appPage(found.connector, found.way, randomUUID()));
  });

  routes.post(CONNECTION, async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const fields = await readForm(context);
    const found = await findWay(userId, readText(fields, "appKey"), readText(fields, "plan"));
    if (found === undefined) return context.notFound();
    const { connector, way } = found;
    const userInputs = readUserInputs(fields, way.fields);
    const wanted: Wanted = {
      appKey: connector.appKey,
      name: connector.name,
      plan: way.plan,
      hasPeople: hasPeople(connector),
      chosen: readEntities(fields),
      entered: withoutSecrets(userInputs, way.fields),
    };
    const invalid = invalidInputs(userInputs, way.fields);
    if (invalid.length > 0) {
      const reasons = invalid.map(({ label }) => label);
      const problem = { title: "Something is missing", advice: "Fill in what is missing, then try again.", reasons };
      return context.html(appPage(connector, way, id, { ...wanted, problem, invalid }), 422);
    }
    const rollout = rolloutFor(userId);
    await take(userId, id, 0, () => {
      if (way.kind === "oauth") return startOAuth(rollout, wanted, userInputs);
      inputsForNewCode.set(`${userId} ${id}`, userInputs);
      setTimeout(() => inputsForNewCode.delete(`${userId} ${id}`), INPUTS_KEPT_MS).unref();
      return connectWithInputs(rollout, wanted, userInputs);
    });
    return context.redirect(`/connections/${id}`, 303);
  });

  routes.get(CONNECTION, async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const step = connections.latest(userId, id);
    if (step === undefined) return context.redirect("/", 303);
    const { outcome } = step;
    switch (outcome?.kind) {
      case undefined:
        return context.html(workingPage());
      case "code wanted":
        return context.html(codePage(id, step.number, outcome));
      case "sign-in wanted":
        return context.html(signInPage(id, outcome));
      case "connected":
        return context.html(connectedPage(outcome));
      case "failed": {
        const { wanted, problem } = outcome;
        return context.html((wanted && (await formAgain(userId, wanted, problem))) ?? failedPage(outcome));
      }
    }
  });

  routes.get(`${CONNECTION}/form`, async (context) => {
    const { userId } = context.var;
    const outcome = connections.latest(userId, context.req.param("id"))?.outcome;
    const page = outcome?.wanted && (await formAgain(userId, outcome.wanted));
    return page === undefined ? context.redirect("/", 303) : context.html(page);
  });

  routes.post(`${CONNECTION}/code`, async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const fields = await readForm(context);
    const code = readCode(fields);
    const step = connections.latest(userId, id);
    if (step?.outcome?.kind === "code wanted" && code !== undefined && readStep(fields) === step.number + 1) {
      const { wanted, challenge } = step.outcome;
      await take(userId, id, step.number + 1, () => connectWithCode(rolloutFor(userId), wanted, challenge, code));
    }
    return context.redirect(`/connections/${id}`, 303);
  });

  routes.post(`${CONNECTION}/new-code`, async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const fields = await readForm(context);
    const step = connections.latest(userId, id);
    if (step?.outcome?.kind === "code wanted" && readStep(fields) === step.number + 1) {
      const { wanted } = step.outcome;
      const userInputs = inputsForNewCode.get(`${userId} ${id}`);
      // Another process, or too long ago: the user enters the secret again.
      if (userInputs === undefined) return context.redirect(`/connections/${id}/form`, 303);
      await take(userId, id, step.number + 1, () => connectWithInputs(rolloutFor(userId), wanted, userInputs));
    }
    return context.redirect(`/connections/${id}`, 303);
  });

  routes.post(`${CONNECTION}/signed-in`, async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const credentialId = readText(await readForm(context), "credentialId");
    const step = connections.latest(userId, id);
    if (step?.outcome?.kind === "sign-in wanted" && credentialId !== undefined) {
      const { wanted } = step.outcome;
      await take(userId, id, step.number + 1, () => finishOAuth(rolloutFor(userId), wanted, credentialId));
    }
    return context.redirect(`/connections/${id}`, 303);
  });

  return routes;
}
