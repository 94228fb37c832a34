// Composition begins in EventPipeline.
