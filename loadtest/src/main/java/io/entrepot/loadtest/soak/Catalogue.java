package io.entrepot.loadtest.soak;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.Popularity;
import io.entrepot.loadtest.TestImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The images of a fleet: many small layers and a few large ones, some images asked for far more than others. */
final class Catalogue {

    private static final double SMALLEST = Math.log(1_000);
    private static final double LARGEST = Math.log(1_000_000);
    private static final long GIANT = 8_000_000;

    private final List<Entry> entries = new ArrayList<>();
    private final Popularity popularity;

    /** One image under its repository. */
    record Entry(String repository, TestImage image) {}

    Catalogue(int images) {
        Random random = new Random(images);
        for (int i = 0; i < images; i++) {
            ImageBuilder builder = ImageBuilder.image().seed(1_000L + i);
            for (int layer = 0; layer < 4; layer++) {
                builder.layer((long) Math.exp(SMALLEST + random.nextDouble() * (LARGEST - SMALLEST)));
            }
            entries.add(new Entry(
                    "fleet/app" + i, builder.layer(i % 10 == 0 ? GIANT : 1_000).build()));
        }
        popularity = new Popularity(images);
    }

    void pushTo(FakeRegistry registry) {
        for (Entry entry : entries) {
            registry.push(entry.repository(), "1", entry.image());
            registry.push(
                    entry.repository(),
                    TestImage.referrer(
                            entry.image().descriptor(),
                            "application/vnd.signature",
                            Blob.seeded(entry.repository().hashCode(), 600)));
        }
    }

    Entry any(Random random) {
        return entries.get(popularity.pick(random.nextDouble()));
    }

    /** One with a large layer. */
    Entry large(Random random) {
        return entries.get(10 * random.nextInt((entries.size() + 9) / 10));
    }

    Blob largest(Entry entry) {
        return entry.image().layer(4);
    }
}
