(ns my-app.broken)
(throw (IllegalStateException. "as asked"))
