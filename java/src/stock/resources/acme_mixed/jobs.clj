(ns acme-mixed.jobs
  "A job as Quartzite's defjob makes it: a record, which is a class of its name."
  (:import (com.acme.mixed Node)
           (org.quartz Job)))

(defmacro defjob [type [context] & body]
  `(defrecord ~type []
     Job
     (execute [_# ~context] ~@body)))

(defn note [context]
  (Node/note context))

(defjob Third [context]
  (note context))

(defn -main [properties]
  (Node/start properties))
