package com.acme.jobs;

/** A job of the company whose stores are taken over; a Java node has its class, a Python node does not. */
public class SlowJob extends AcmeJob {}
