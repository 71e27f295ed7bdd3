import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { createCredential, type Rollout, submitCode } from "./connect.ts";
import { readCode, readInput, readStep } from "./form.ts";
import { codePage, connectedPage, problemPage, STYLE, startPage } from "./pages.ts";
import { Sessions } from "./session.ts";

interface Dependencies {
  rolloutFor: (userId: string) => Rollout;
  signToken: (userId: string) => Promise<string>;
}

export function createApp({ rolloutFor, signToken }: Dependencies): Hono {
  const app = new Hono();
  const sessions = new Sessions();

  app.use(csrf(), bodyLimit({ maxSize: 64 * 1024 }));
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
      },
    }),
  );
  app.use(async (context, next) => {
    context.header("Cache-Control", "no-store");
    await next();
  });

  app.get("/", (context) => {
    if (sessions.find(context) === undefined) sessions.start(context);
    return context.html(startPage(randomUUID()));
  });

  app.post("/connections/:id", async (context) => {
    const session = sessions.find(context);
    if (session === undefined) return context.redirect("/", 303);
    const id = context.req.param("id");
    const input = readInput(await context.req.parseBody({ all: true }));
    if (input === undefined) return context.html(startPage(id, "Name the application, and each input you give."), 400);
    await session.begin(id).take(0, () => createCredential(rolloutFor(session.userId), input));
    return context.redirect(`/connections/${id}`, 303);
  });

  app.get("/connections/:id", async (context) => {
    const id = context.req.param("id");
    const connection = sessions.find(context)?.find(id);
    const step = await connection?.latest();
    if (connection === undefined || step === undefined) return context.redirect("/", 303);
    switch (step.kind) {
      case "code wanted":
        return context.html(codePage(id, connection.nextStep, step.challenge, step.rejections));
      case "connected":
        return context.html(connectedPage(step.credentialId));
      case "failed":
        return context.html(problemPage(step.problem));
    }
  });

  app.post("/connections/:id/code", async (context) => {
    const id = context.req.param("id");
    const session = sessions.find(context);
    const connection = session?.find(id);
    const fields = await context.req.parseBody({ all: true });
    const code = readCode(fields);
    const step = await connection?.latest();
    if (session !== undefined && step?.kind === "code wanted" && code !== undefined) {
      await connection?.take(readStep(fields), () => submitCode(rolloutFor(session.userId), step.challenge, code));
    }
    return context.redirect(`/connections/${id}`, 303);
  });

  // What Rollout Link asks its page's server for. A token acts for one user: only that user's session gets it.
  app.get("/rollout-token", async (context) => {
    const session = sessions.find(context);
    if (session === undefined) return context.json({ error: "no session" }, 401);
    return context.json({ token: await signToken(session.userId) });
  });

  app.get("/style.css", (context) => context.body(STYLE, 200, { "Content-Type": "text/css" }));

  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    // The name alone: what the rest holds is unknown, and it may be what the person typed.
    console.error(`${context.req.method} ${context.req.path}: ${error.name}`);
    return context.html(
      problemPage({ title: "Something went wrong", advice: "This is our fault. Please try again later.", reasons: [] }),
      500,
    );
  });

  return app;
}
