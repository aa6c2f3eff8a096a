package io.neurobalancer.evaluation.validation;

import io.neurobalancer.onnx.importer.OnnxWorkloads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Measurements that somebody published and that may not be copied into this repository: where they
 * can be had, and how they judge.
 *
 * @param folder its name beside the others
 * @param source repository and commit
 * @param files what is read of it
 * @param reduced how the files were made where they are not the source's own; empty where they are
 * @param judge judges by the files in a folder
 */
public record Dataset(
    String folder,
    String source,
    List<String> files,
    String reduced,
    Function<Path, List<Section>> judge) {

  private static final String LAYERS = "raw/LW-GA/Profiling/";

  public Dataset {
    files = List.copyOf(files);
  }

  /** Returns all datasets, in the order of the report. */
  public static List<Dataset> all() {
    return List.of(
        new Dataset(
            "jetson-tx2-gpu-emc",
            "github.com/thynics/jetson_dvfs, commit 7ac3f7cbfc576012ec832af8562ede6419c168c2",
            List.of("tx2_latency.csv", "tx2_vgg19_energy.csv"),
            "profiling/data_transfer_all/*_output.txt and the tegrastats logs of VGG19, a line per"
                + " network and pair of clocks",
            JetsonTx2::judge),
        new Dataset(
            "rk3399-layer-dvfs",
            "github.com/Ehsan-aghapour/LW-GA, commit c67700aef4e29b6891a3373448c6e151b0990c3a",
            List.of(
                LAYERS + "Layers.csv",
                LAYERS + "Data/_Layers.csv",
                LAYERS + "Evaluations_alex.csv",
                LAYERS + "Evaluations_google.csv",
                LAYERS + "Evaluations_mobile.csv",
                LAYERS + "Evaluations_res50.csv",
                LAYERS + "Evaluations_squeeze.csv"),
            "",
            Rk3399::judge),
        new Dataset(
            "gpgpu-core-mem",
            "github.com/hpc-ulisboa/gpuPTXModel, commit db54a508953880ad3dfb20194a2d5cb39c4af33c",
            List.of("raw/gpuPTXModel/realbenchmarks-aggregated_dataset_gtxtitanx.csv"),
            "",
            GpuTitanX::judge),
        new Dataset(
            "osldvfs-tx2-odroid",
            "github.com/dipayan2/osldvfs, commit 9c20282f2206e39d215057fb25671d148d97e9ea",
            List.of(
                "tx2_rails_by_setting.csv",
                "tx2_mixbench_time_by_setting.csv.gz",
                "odroid_xu_hsto_time_power.csv"),
            "JetsonTX2/TegraData{SSSP}, TegraHSTO: 1144 tegrastats logs each, reduced to their"
                + " means, samples once a second; JetsonTX2/GPUBenchData: 1144 files of mixbench;"
                + " analysis/combined_perf_pow.csv as it is",
            OsLdvfs::judge));
  }

  /** Returns a sentence that says where the files can be had. */
  public String whereToGetIt() {
    return "%s from %s%s"
        .formatted(
            String.join(", ", files),
            source,
            reduced.isEmpty() ? "" : " (made of " + reduced + ")");
  }

  /** Returns what was read of a folder, a line for each file with its SHA-256. */
  public List<String> hashes(Path data) {
    List<String> lines = new ArrayList<>();
    for (String file : files) {
      Path path = data.resolve(folder).resolve(file);
      if (Files.isRegularFile(path)) {
        lines.add(OnnxWorkloads.fileHash(path) + "  " + folder + "/" + file);
      }
    }
    return lines;
  }
}
