import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { isRolloutError } from "rollout-client";
import { welcomePage } from "./pages/home.ts";
import { problemPage } from "./pages/layout.ts";
import { readPublicFiles } from "./public-files.ts";
import { describeProblem, type Problem } from "./rollout/problem.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { connectionRoutes } from "./routes/connections.ts";
import type { Environment, Services } from "./services.ts";

const MAX_BODY_BYTES = 64 * 1024;
const REFUSED: Problem = {
  title: "The form was not accepted",
  advice: "It was damaged, too large, or sent from another site. Open the page again and fill it in there.",
  reasons: [],
};

export function createApp(services: Services): Hono<Environment> {
  const { sessions, signToken, peopleSync } = services;
  const app = new Hono<Environment>();

  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => Promise.reject(new HTTPException(413)) }));
  // Before the check for CSRF: Rollout is another site, and signs what it sends.
  app.post("/webhooks/rollout/:credentialId", async ({ req, body }) => {
    const signature = req.header("X-Rollout-Signature");
    return body(null, await peopleSync.receive(req.param("credentialId"), await req.arrayBuffer(), signature));
  });
  app.use(csrf());
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
      },
      // With the usual `same-origin`, the pop-up could not report to the page that opened it.
      crossOriginOpenerPolicy: "same-origin-allow-popups",
    }),
  );
  for (const { path, type, content } of readPublicFiles()) {
    app.get(path, (context) => context.body(content, 200, { "Content-Type": type }));
  }

  // What Rollout Link asks its page's server for. A token acts for one user: only that user's session gets it.
  app.get("/rollout-token", async (context) => {
    context.header("Cache-Control", "no-store");
    const userId = sessions.find(context);
    if (userId === undefined) return context.json({ error: "no session" }, 401);
    return context.json({ token: await signToken(userId) });
  });

  app.post("/sign-in", (context) => {
    sessions.start(context);
    return context.redirect("/", 303);
  });
  app.post("/sign-out", (context) => {
    sessions.end(context);
    return context.redirect("/", 303);
  });
  app.use(async (context, next) => {
    context.header("Cache-Control", "no-store");
    const userId = sessions.find(context);
    if (userId === undefined) {
      return context.req.path === "/" ? context.html(welcomePage()) : context.redirect("/", 303);
    }
    context.set("userId", userId);
    return next();
  });
  app.route("/", accountRoutes(services));
  app.route("/", connectionRoutes(services));

  app.notFound((context) =>
    context.html(
      problemPage({ title: "Not found", advice: "There is no such page or account, or it is not yours.", reasons: [] }),
      404,
    ),
  );
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.html(problemPage(REFUSED), error.status);
    if (isRolloutError(error)) {
      const status = error.code === "not_found" ? 404 : 502;
      return context.html(problemPage(describeProblem(error, "That did not work")), status);
    }
    // The name alone: what the rest holds is unknown, and it may be what the person typed.
    console.error(`${context.req.method} ${context.req.path}: ${error.name}`);
    return context.html(
      problemPage({ title: "Something went wrong", advice: "This is our fault. Please try again later.", reasons: [] }),
      500,
    );
  });

  return app;
}
