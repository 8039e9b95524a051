package com.acme.jobs;

import org.quartz.DisallowConcurrentExecution;
import org.quartz.PersistJobDataAfterExecution;

/** The company's job that counts its runs: one at a time, its data stored after each. */
@DisallowConcurrentExecution
@PersistJobDataAfterExecution
public class ReminderJob extends AcmeJob {}
