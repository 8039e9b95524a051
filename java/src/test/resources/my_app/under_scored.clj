(ns my_app.under_scored
  "A namespace with an underscore in its own name."
  (:import (org.quartz Job)))

(defrecord Cleanup []
  Job
  (execute [_ _]))
