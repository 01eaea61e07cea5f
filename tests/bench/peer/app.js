// The peer: a minimal Probot app that puts a label when an issue is opened.
export default (app) => {
  app.on("issues.opened", async (context) => {
    await context.octokit.rest.issues.addLabels(context.issue({ labels: ["triage"] }));
  });
};
