package io.entrepot.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.entrepot.server.content.TagRule;
import org.junit.jupiter.api.Test;

/** Which package may know which; Maven sees to the modules. */
class ArchitectureTest {

    private static final String ROOT = "io.entrepot.server";
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void pointsOneWay() {
        check(layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("server")
                .definedBy(ROOT)
                .layer("cli")
                .definedBy(ROOT + ".cli..")
                .layer("admin")
                .definedBy(ROOT + ".admin..")
                .layer("node")
                .definedBy(ROOT + ".node..")
                .layer("http")
                .definedBy(ROOT + ".http..")
                .layer("pull")
                .definedBy(ROOT + ".pull..")
                .layer("access")
                .definedBy(ROOT + ".access..")
                .layer("policy")
                .definedBy(ROOT + ".policy..")
                .layer("trust")
                .definedBy(ROOT + ".trust..")
                .layer("audit")
                .definedBy(ROOT + ".audit..")
                .layer("content")
                .definedBy(ROOT + ".content..")
                .layer("upstream")
                .definedBy(ROOT + ".upstream..")
                .layer("aws")
                .definedBy(ROOT + ".aws..")
                .layer("login")
                .definedBy(ROOT + ".login..")
                .layer("tls")
                .definedBy(ROOT + ".tls..")
                .layer("net")
                .definedBy(ROOT + ".net..")
                .whereLayer("server")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cli")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("admin")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("node")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin")
                .whereLayer("pull")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "http")
                .whereLayer("access")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "pull")
                .whereLayer("policy")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "node", "pull")
                .whereLayer("trust")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "pull")
                .whereLayer("audit")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "pull")
                .whereLayer("content")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "http", "pull", "policy", "trust")
                .whereLayer("upstream")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "pull", "content")
                .whereLayer("aws")
                .mayOnlyBeAccessedByLayers("server", "login")
                .whereLayer("login")
                .mayOnlyBeAccessedByLayers("server", "upstream")
                .whereLayer("tls")
                .mayOnlyBeAccessedByLayers("server", "cli", "admin", "node", "http")
                .whereLayer("net")
                .mayOnlyBeAccessedByLayers(
                        "server", "cli", "admin", "http", "upstream", "access", "trust", "audit", "aws", "login"));
    }

    @Test
    void letsThePartsOfAuditStandAlone() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".audit.tlog..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(ROOT + ".audit..").and(not(resideInAPackage(ROOT + ".audit.tlog..")))));
    }

    @Test
    void hasNoCycles() {
        check(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
    }

    @Test
    void policySeesNothingOfContentButTheTagRule() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".policy..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + ".content..")
                        .and(new DescribedPredicate<>("are not TagRule") {
                            @Override
                            public boolean test(JavaClass type) {
                                return !type.getName().startsWith(TagRule.class.getName());
                            }
                        })));
    }

    @Test
    void httpSeesNothingOfContentButBodies() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".http..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + ".content..")
                        .and(new DescribedPredicate<>("are not bodies") {
                            @Override
                            public boolean test(JavaClass type) {
                                return !type.getSimpleName().isEmpty()
                                        && !type.getName().startsWith(ROOT + ".content.Body");
                            }
                        })));
    }

    @Test
    void speaksToChannelsWhereTheWireIs() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".http..", ROOT + ".net..", ROOT + ".admin..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.netty.channel..", "io.netty.handler.codec..", "io.netty.bootstrap..")));
    }

    @Test
    void pullKnowsNoHttp() {
        check(noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".pull..", ROOT + ".access..", ROOT + ".policy..", ROOT + ".trust..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.."));
    }

    /** Access has files of its own, of users, keys and nodes. */
    @Test
    void leavesFilesOfBlobsToStorage() {
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".pull..",
                        ROOT + ".policy..",
                        ROOT + ".trust..",
                        ROOT + ".content..",
                        ROOT + ".upstream..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files"));
    }

    /** DuckDB is native code with the memory of its process. */
    @Test
    void asksDatabasesOnlyInAProcessOfItsOwn() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".audit.query.duck..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "org.duckdb..")));
    }

    @Test
    void answersFromTheLogWithoutKnowingWhoWritesIt() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".audit.query..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(ROOT + ".audit", ROOT + ".audit.export..", ROOT + ".audit.journal..")));
    }

    @Test
    void theJournalKnowsNothingOfWhatItKeeps() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + ".audit.journal..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.entrepot..")
                        .and(DescribedPredicate.not(resideInAnyPackage(ROOT + ".audit.journal..")))));
    }

    @Test
    void logsThroughOneDoor() {
        check(noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging.."));
    }

    @Test
    void printsOnlyInCommands() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }

    @Test
    void keepsLibrariesOfLibrariesOut() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.common..", "kotlin..", "okhttp3..", "sun.."));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }
}
