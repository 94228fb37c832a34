// Reporters.
