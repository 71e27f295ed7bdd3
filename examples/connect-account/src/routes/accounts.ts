import { Hono } from "hono";
import { RolloutApiError, type RolloutClient } from "rollout-client";
import { readEntities, readForm } from "../form.ts";
import { accountPage } from "../pages/account.ts";
import { accountName, appName, homePage } from "../pages/home.ts";
import { entitiesOf, entitiesToSync, hasPeople } from "../rollout/entities.ts";
import { describeProblem, type Problem } from "../rollout/problem.ts";
import type { Environment, Services } from "../services.ts";

/** What is connected: the list, and the page of one account. */
export function accountRoutes({ choices, people, peopleSync, rolloutFor }: Services): Hono<Environment> {
  const routes = new Hono<Environment>();

  routes.get("/", async (context) => {
    const rollout = rolloutFor(context.var.userId);
    const [credentials, connectors] = await Promise.all([
      orProblem(rollout.credentials.list({ includeProfile: true }), "Your accounts could not be listed"),
      orProblem(rollout.connectors.list(), "The apps could not be listed"),
    ]);
    const notice = context.req.query("disconnected") === undefined ? undefined : "The account is disconnected.";
    return context.html(homePage({ credentials, connectors, search: context.req.query("search") ?? "", notice }));
  });

  routes.get("/accounts/:id", async (context) => {
    const found = await findAccount(rolloutFor(context.var.userId), context.req.param("id"));
    if (found === undefined) return context.notFound();
    const { credential, connectors, connector } = found;
    return context.html(
      accountPage({
        credentialId: credential.id,
        app: appName(credential.appKey, connectors),
        name: accountName(credential),
        connectedAt: credential.createdAt,
        offered: connector === undefined ? [] : entitiesOf(connector),
        people:
          connector !== undefined && hasPeople(connector)
            ? (people.progress(context.var.userId, credential.id) ?? "not read")
            : undefined,
        chosen: choices.find(context.var.userId, credential.id),
        saved: context.req.query("saved") !== undefined,
      }),
    );
  });

  routes.post("/accounts/:id/entities", async (context) => {
    const { userId } = context.var;
    const rollout = rolloutFor(userId);
    const found = await findAccount(rollout, context.req.param("id"));
    if (found === undefined) return context.notFound();
    const { credential } = found;
    const chosen = readEntities(await readForm(context));
    await rollout.credentials.update(credential.id, { entitiesToSync: entitiesToSync(chosen) });
    choices.save(userId, credential.id, chosen);
    return context.redirect(`/accounts/${encodeURIComponent(credential.id)}?saved`, 303);
  });

  routes.post("/accounts/:id/people", async (context) => {
    const { userId } = context.var;
    const found = await findAccount(rolloutFor(userId), context.req.param("id"));
    if (found === undefined) return context.notFound();
    const { id } = found.credential;
    if (people.progress(userId, id)?.state !== "reading") peopleSync.start(userId, id);
    return context.redirect(`/accounts/${encodeURIComponent(id)}`, 303);
  });

  routes.post("/accounts/:id/disconnect", async (context) => {
    const { userId } = context.var;
    const id = context.req.param("id");
    if (people.userOf(id) === userId) await peopleSync.unsubscribe(userId, id);
    try {
      await rolloutFor(userId).credentials.delete(id);
    } catch (error) {
      // A second click: the first one has disconnected it.
      if (!(error instanceof RolloutApiError && error.code === "not_found")) throw error;
    }
    choices.delete(userId, id);
    if (people.userOf(id) === userId) people.forget(id);
    return context.redirect("/?disconnected", 303);
  });

  return routes;
}

async function findAccount(rollout: RolloutClient, id: string) {
  const [credentials, connectors] = await Promise.all([
    rollout.credentials.list({ includeProfile: true }),
    rollout.connectors.list(),
  ]);
  const credential = credentials.find((candidate) => candidate.id === id);
  if (credential === undefined) return undefined;
  const connector = connectors.find(({ appKey }) => appKey === credential.appKey);
  return { credential, connectors, connector };
}

/** The list, or why there is none: one half of the page is of use without the other. */
async function orProblem<Item>(list: Promise<Item[]>, title: string): Promise<Item[] | Problem> {
  try {
    return await list;
  } catch (error) {
    return describeProblem(error, title);
  }
}
