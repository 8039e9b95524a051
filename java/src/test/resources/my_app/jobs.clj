(ns my-app.jobs
  "Jobs as Quartzite's defjob makes them: a record of each, which is a class of its name."
  (:require [clojure.string :as string])
  (:import (org.quartz DisallowConcurrentExecution Job JobExecutionContext)
           (org.pyquartz.testing RecordingJob)))

(defmacro defjob [type [context] & body]
  `(defrecord ~type []
     Job
     (execute [_# ~context] ~@body)))

(defn fired [^JobExecutionContext context]
  (string/upper-case (.. context getTrigger getKey getName)))

(defjob Cleanup [context]
  (.add RecordingJob/FIRED (fired context)))

(defjob ^{DisallowConcurrentExecution true} Exclusive [context]
  (.add RecordingJob/FIRED (fired context)))
