import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Connector } from "rollout-client";
import { type FormFields, readCode, readEntities, readStep, readText, readUserInputs } from "../form.ts";
import { appPage } from "../pages/app.ts";
import { codePage, connectedPage, failedPage, signInPage, workingPage } from "../pages/connection.ts";
import { connectWithCode, connectWithInputs, finishOAuth, startOAuth } from "../rollout/connect.ts";
import { planOf, usesOAuth } from "../rollout/connectors.ts";
import type { Environment, Services } from "../services.ts";
import type { Outcome, Wanted } from "../store/connections.ts";

/** Connecting an account: the form, and the steps after it. Each ends in a redirect to the page that shows how far it came. */
export function connectionRoutes({ connections, choices, rolloutFor, apiOrigin }: Services): Hono<Environment> {
  const routes = new Hono<Environment>();

  async function findConnector(userId: string, wanted: string | undefined): Promise<Connector | undefined> {
    return (await rolloutFor(userId).connectors.list()).find(({ appKey }) => appKey === wanted);
  }

  async function take(
    userId: string,
    id: string,
    step: number,
    { chosen }: Wanted,
    work: () => Promise<Outcome>,
  ): Promise<void> {
    await connections.take(userId, id, step, async () => {
      const outcome = await work();
      if (outcome.kind === "connected") choices.save(userId, outcome.credentialId, chosen);
      return outcome;
    });
  }

  routes.get("/apps/:appKey", async (context) => {
    const connector = await findConnector(context.var.userId, context.req.param("appKey"));
    if (connector === undefined) return context.notFound();
    return context.html(appPage(connector, context.req.query("plan"), randomUUID()));
  });

  routes.post("/connections/:id", async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const fields = await context.req.parseBody({ all: true });
    const connector = await findConnector(userId, readText(fields, "appKey"));
    if (connector === undefined) return context.notFound();
    const { auth, wanted } = readWanted(connector, fields);
    await take(userId, id, 0, wanted, () =>
      usesOAuth(auth)
        ? startOAuth(rolloutFor(userId), wanted)
        : connectWithInputs(rolloutFor(userId), wanted, readUserInputs(fields, auth.userInputsSchema)),
    );
    return context.redirect(`/connections/${id}`, 303);
  });

  routes.get("/connections/:id", (context) => {
    const id = context.req.param("id");
    const step = connections.latest(context.var.userId, id);
    if (step === undefined) return context.redirect("/", 303);
    const { outcome } = step;
    switch (outcome?.kind) {
      case undefined:
        return context.html(workingPage());
      case "code wanted":
        return context.html(codePage(id, step.number + 1, outcome));
      case "sign-in wanted":
        return context.html(signInPage(id, outcome, apiOrigin));
      case "connected":
        return context.html(connectedPage(outcome));
      case "failed":
        return context.html(failedPage(outcome));
    }
  });

  routes.post("/connections/:id/code", async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const fields = await context.req.parseBody({ all: true });
    const code = readCode(fields);
    const step = connections.latest(userId, id);
    if (step?.outcome?.kind === "code wanted" && code !== undefined && readStep(fields) === step.number + 1) {
      const { wanted, challenge } = step.outcome;
      const work = () => connectWithCode(rolloutFor(userId), wanted, challenge, code);
      await take(userId, id, step.number + 1, wanted, work);
    }
    return context.redirect(`/connections/${id}`, 303);
  });

  routes.post("/connections/:id/signed-in", async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    const credentialId = readText(await context.req.parseBody({ all: true }), "credentialId");
    const step = connections.latest(userId, id);
    if (step?.outcome?.kind === "sign-in wanted" && credentialId !== undefined) {
      const { wanted } = step.outcome;
      await take(userId, id, step.number + 1, wanted, () => finishOAuth(rolloutFor(userId), wanted, credentialId));
    }
    return context.redirect(`/connections/${id}`, 303);
  });

  return routes;
}

function readWanted(connector: Connector, fields: FormFields): { auth: Connector["auth"]; wanted: Wanted } {
  const { appKey, name } = connector;
  const { plan, auth } = planOf(connector, readText(fields, "plan"));
  return { auth, wanted: { appKey, name, plan, chosen: readEntities(fields) } };
}
