package io.entrepot.loadtest.budget;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.Popularity;
import io.entrepot.loadtest.TestImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * What a cluster does in a stretch of time, all of it from a seed: nodes that pull images by tag, some images far more often
 * than others, and tags that move. Every second image is an index with a manifest for the nodes' platform.
 */
public final class Cluster {

    /** The tag of each image. */
    public static final String TAG = "latest";

    /** Of the images this many move several times a day, the rest once in some days. */
    private static final int BUSY = 20;

    private static final Duration BUSY_MOVES = Duration.ofHours(4);
    private static final Duration MOVES = Duration.ofDays(4);

    private final List<Step> steps = new ArrayList<>();
    private final int[] versions;
    private final Random random;

    /** Something that happens at a time: a node pulls an image, or the tag of the image moves. */
    public record Step(Duration at, int image, int node, boolean moves) {}

    /**
     * @param images of which the first are asked for most
     * @param pulls by all nodes together, in the whole time
     */
    public Cluster(int nodes, int images, int pulls, Duration length, long seed) {
        this.random = new Random(seed);
        this.versions = new int[images];
        Popularity popularity = new Popularity(images);
        for (int i = 0; i < pulls; i++) {
            steps.add(new Step(any(length), popularity.pick(random.nextDouble()), random.nextInt(nodes), false));
        }
        for (int image = 0; image < images; image++) {
            move(image, image % (images / BUSY) == 0 ? BUSY_MOVES : MOVES, length);
        }
        steps.sort(Comparator.comparing(Step::at));
    }

    private void move(int image, Duration every, Duration length) {
        for (Duration at = any(every); at.compareTo(length) < 0; at = at.plus(every)) {
            steps.add(new Step(at, image, 0, true));
        }
    }

    private Duration any(Duration length) {
        return Duration.ofMillis((long) (random.nextDouble() * length.toMillis()));
    }

    /** In their order. */
    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /** The repository of an image. */
    public static String repository(int image) {
        return "fleet/app" + image;
    }

    /** Puts every image where it begins. */
    public void pushTo(FakeRegistry registry) {
        for (int image = 0; image < versions.length; image++) {
            registry.push(repository(image), TAG, version(image, 0));
        }
    }

    /** Moves the tag of an image to what it was not before. */
    public void move(FakeRegistry registry, int image) {
        versions[image]++;
        registry.push(repository(image), TAG, version(image, versions[image]));
    }

    private static TestImage version(int image, int number) {
        long seed = 10_000L * image + number;
        TestImage amd64 = ImageBuilder.image().seed(seed).layer(100).build();
        return image % 2 == 0 ? amd64 : ImageBuilder.index().add(amd64).build();
    }
}
