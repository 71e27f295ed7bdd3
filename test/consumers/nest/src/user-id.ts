import { createParamDecorator, type ExecutionContext, UnauthorizedException } from "@nestjs/common";

/** The id of the user who is signed in: your sign-in (Passport, a session) has put the user into the request. */
export const UserId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { user } = context.switchToHttp().getRequest<{ user?: { id: string } }>();
  if (user === undefined) throw new UnauthorizedException();
  return user.id;
});
