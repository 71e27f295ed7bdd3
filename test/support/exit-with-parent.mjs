// Loaded into a child process before its own program: the child ends when the process that forked it is gone, however that one died.
process.on("disconnect", () => process.exit());
