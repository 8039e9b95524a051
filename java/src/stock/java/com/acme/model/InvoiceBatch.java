package com.acme.model;

import java.io.Serializable;
import java.util.List;

/** A value of the company's own in a job's data, as its program serialised it. */
public final class InvoiceBatch implements Serializable {
    private static final long serialVersionUID = 20240517L;

    private String label;
    private List<String> numbers;
    private int count;

    @Override
    public String toString() {
        return "InvoiceBatch(" + label + "," + numbers + ")";
    }
}
