package org.pyquartz.bridge;

/**
 * How many jobs of each kind can begin now: those that need a thread, and coroutines, which need none.
 *
 * <p>A store asks before it acquires, so that neither kind waits behind the other, and no trigger is fired
 * whose job could not begin.
 */
public interface Slots {
    /** How many can begin; zero also has the store asked again, as soon as one can. */
    int free(boolean loop);

    /** A store may hold jobs of a kind that it did not hold before. */
    void kindsChanged();

    /** For a store that nobody has told whom to ask. */
    Slots ENOUGH = new Slots() {
        @Override
        public int free(boolean loop) {
            return Integer.MAX_VALUE;
        }

        @Override
        public void kindsChanged() {}
    };

    /** A store that chooses by kind. */
    interface Chooser {
        /** Says whom to ask. */
        void ask(Slots slots);

        /** Whether it may hold jobs of a kind at all. */
        boolean mayHold(boolean loop);

        /** Has Quartz look for triggers again at once. */
        void lookAgain();
    }
}
