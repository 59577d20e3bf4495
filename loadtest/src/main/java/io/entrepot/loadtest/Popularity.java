package io.entrepot.loadtest;

/** How often each of several things is asked for: the n-th 1/n as often as the first (Zipf). */
public final class Popularity {

    /** The chance of each and all before it. */
    private final double[] sums;

    /** @param things how many there are, 1 or more */
    public Popularity(int things) {
        sums = new double[things];
        double sum = 0;
        for (int i = 0; i < things; i++) {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }
        for (int i = 0; i < things; i++) {
            sums[i] /= sum;
        }
    }

    /** Which of them is asked for, from 0, by a random number from 0 to below 1. */
    public int pick(double chance) {
        int thing = 0;
        while (thing < sums.length - 1 && sums[thing] < chance) {
            thing++;
        }
        return thing;
    }
}
