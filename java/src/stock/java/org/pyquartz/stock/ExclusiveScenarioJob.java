package org.pyquartz.stock;

import org.quartz.DisallowConcurrentExecution;
import org.quartz.PersistJobDataAfterExecution;

/** The same, one run at a time, its data stored after each. */
@DisallowConcurrentExecution
@PersistJobDataAfterExecution
public class ExclusiveScenarioJob extends ScenarioJob {}
